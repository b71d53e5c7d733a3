package io.millrace.server.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.log.LogFileReader;
import io.millrace.core.log.LogFiles;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.server.config.AnswerSettings;
import io.millrace.server.config.LogConfig;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.Gauge;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What is offered is written or dropped and counted, and nobody waits for the disk. */
@Timeout(60)
final class ImpressionLogTest {
    private static final int RECORD_BYTES = 1_000;
    private static final int BUFFER_BYTES = 1 << 16;

    /** A record takes its bytes, a header of eight, and what fills it up to eight. */
    private static final int FIT = BUFFER_BYTES / (RECORD_BYTES + 8);

    @TempDir Path folder;

    private ServerConfig config() {
        return ServerConfig.defaults()
                .with("log.folder", folder.resolve("log").toString())
                .with("log.bufferBytes", BUFFER_BYTES);
    }

    private static ImpressionPlan plan() {
        return new ImpressionPlan(
                new ImpressionDescription(
                        "0123456789abcdef",
                        "fedcba9876543210",
                        512,
                        new ImpressionLayout(4, 64, 64, 64, 0),
                        AnswerSettings.of(ServerConfig.defaults())),
                RECORD_BYTES);
    }

    private static ImpressionLog start(LogConfig config, InstantSource clock) {
        return ImpressionLog.start(config, plan(), clock);
    }

    /** Offers a record that tells its number; whether there was room. */
    private static boolean offer(ImpressionSink sink, int number) {
        int at = sink.claim(RECORD_BYTES);
        if (at == ImpressionSink.NOT_WANTED) {
            return false;
        }
        MemorySegment record = sink.memory().asSlice(at, RECORD_BYTES);
        record.fill((byte) number);
        record.set(ImpressionLayout.INT, 0, number);
        sink.commit(at);
        return true;
    }

    private Set<Integer> written() {
        Set<Integer> numbers = new HashSet<>();
        for (Path file : LogFiles.of(folder.resolve("log"), ImpressionDescription.KIND)) {
            try (LogFileReader reader = LogFileReader.open(file, ImpressionDescription.KIND)) {
                while (reader.next()) {
                    assertEquals(RECORD_BYTES, reader.length());
                    int number = reader.segment().get(ImpressionLayout.INT, reader.offset());
                    assertTrue(numbers.add(number), "twice: " + number);
                }
            }
        }
        return numbers;
    }

    @Test
    void shouldWriteEverythingThatFoundRoomWhenClosed() {
        ImpressionLog log = start(config().log(), InstantSource.system());
        Set<Integer> taken = new HashSet<>();
        try (log) {
            List<ImpressionSink> sinks = List.of(log.newSink(), log.newSink());
            for (int number = 0; number < 10_000; number++) {
                if (offer(sinks.get(number % 2), number)) {
                    taken.add(number);
                }
            }
        }
        assertEquals(taken, written());
        assertEquals(taken.size(), log.writtenCount());
        assertEquals(10_000 - taken.size(), log.droppedCount());
    }

    /** The clock stands for a disk that does not answer: the log's thread hangs in it. */
    @Test
    void shouldDropAndCountWhenTheWriterIsHeld() throws InterruptedException {
        CountDownLatch isHeld = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        InstantSource clock =
                () -> {
                    isHeld.countDown();
                    awaitUninterrupted(release);
                    return Instant.now();
                };
        int offered = 500;
        ImpressionLog log = start(config().log(), clock);
        try (log) {
            ImpressionSink sink = log.newSink();
            isHeld.await();
            int taken = 0;
            for (int number = 0; number < offered; number++) {
                taken += offer(sink, number) ? 1 : 0;
            }
            assertEquals(FIT, taken);
            assertEquals(offered - FIT, log.droppedCount());
            assertEquals(0, log.writtenCount());
            release.countDown();
        }
        assertEquals(FIT, log.writtenCount());
        assertEquals(FIT, written().size());
        assertEquals(offered - FIT, log.droppedCount());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldWantTheShareThatIsConfigured() {
        for (double share : new double[] {0, 0.25, 1}) {
            try (ImpressionLog log =
                    start(config().with("log.share", share).log(), InstantSource.system())) {
                ImpressionSink sink = log.newSink();
                int wanted = 0;
                for (int i = 0; i < 10_000; i++) {
                    wanted += sink.isWanted() ? 1 : 0;
                }
                assertEquals(10_000 * share, wanted, share == 0.25 ? 150 : 0);
            }
        }
    }

    @Test
    void shouldGoOnWithoutALogWhenTheFolderCannotBeWritten() throws Exception {
        Path file = Files.writeString(folder.resolve("log"), "in the way");
        try (ImpressionLog log = start(config().log(), InstantSource.system())) {
            ImpressionSink sink = log.newSink();
            await(() -> gauge(log, "log_stopped") == 1);
            for (int number = 0; number < 300; number++) {
                offer(sink, number);
            }
            assertEquals(300, gauge(log, "log_dropped_total"));
            assertEquals(0, gauge(log, "log_records_total"));
        }
        assertEquals("in the way", Files.readString(file));
    }

    /** What a full disk does: a file that could be written to can be no more. */
    @Test
    void shouldStopOnceAndCountWhenTheDiskRefusesInTheMiddle() throws Exception {
        LogConfig rolling = config().with("log.fileBytes", 1 << 16).log();
        try (ImpressionLog log = start(rolling, InstantSource.system())) {
            ImpressionSink sink = log.newSink();
            offer(sink, 0);
            await(() -> gauge(log, "log_records_total") == 1);
            deleteFolder(folder.resolve("log"));
            int offered = 1;
            while (gauge(log, "log_stopped") == 0) {
                offer(sink, offered++);
                Thread.sleep(1);
            }
            double written = gauge(log, "log_records_total");
            assertEquals(offered - written, gauge(log, "log_dropped_total"));
            offer(sink, offered);
            assertEquals(offered + 1 - written, gauge(log, "log_dropped_total"));
        }
    }

    private static void deleteFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    private static double gauge(ImpressionLog log, String name) {
        return log.gauges().stream()
                .filter(gauge -> gauge.name().equals(name))
                .mapToDouble(Gauge::value)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldRefuseWhenTheBufferIsTooSmallForTheLongestImpression() {
        ImpressionPlan large = new ImpressionPlan(plan().description(), BUFFER_BYTES / 8 + 1);
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> ImpressionLog.start(config().log(), large, InstantSource.system()));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("log.bufferBytes"), e.getMessage());
        assertFalse(Files.exists(folder.resolve("log")));
    }
}
