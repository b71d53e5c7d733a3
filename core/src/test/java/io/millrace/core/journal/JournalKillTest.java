package io.millrace.core.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.file.ChildJvm;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.rounds.Rounds;

import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process whose threads write a journal without end is killed with kill -9, again and again: what
 * it had acknowledged is there, and nothing is there in part.
 */
final class JournalKillTest {
    private static final int WRITERS = 6;
    private static final int FILE_BYTES = 1 << 16;
    private static final int KEY_BYTES = Long.BYTES;

    @TempDir private Path folder;

    /** Sequence of each entry that was acknowledged in any round, by its key. */
    private final Map<Long, Long> acknowledged = new HashMap<>();

    /** The same of all entries that were found. */
    private final Map<Long, Long> found = new HashMap<>();

    @Test
    void shouldHaveEverythingAcknowledgedWhenTheWriterWasKilled() throws Exception {
        killAndCheck(3);
    }

    @Test
    @Tag("slow")
    void shouldHaveEverythingAcknowledgedWhenTheWriterWasKilledManyTimes() throws Exception {
        killAndCheck(Rounds.times(40));
    }

    private void killAndCheck(int rounds) throws Exception {
        SplitRandom random = new SplitRandom(rounds);
        Path journal = folder.resolve("journal");
        for (int round = 0; round < rounds; round++) {
            runAndKill(journal, round, 1 + random.nextInt(3_000));
            found.clear();
            try (Journal opened =
                    Journal.open(Journals.plan(journal, FILE_BYTES), 0, this::check)) {
                assertEquals(found.size(), opened.recovered().lastSequence());
            }
            for (Map.Entry<Long, Long> entry : acknowledged.entrySet()) {
                assertEquals(entry.getValue(), found.get(entry.getKey()), "round " + round);
            }
        }
        assertTrue(acknowledged.size() >= rounds);
    }

    /** Every entry is one that was made, whole, and is there once. */
    private void check(long sequence, DirectBuffer buffer, int offset, int length) {
        byte[] content = new byte[length];
        buffer.getBytes(offset, content);
        long key = ByteBuffer.wrap(content).getLong();
        assertTrue(Arrays.equals(content(key), content), "sequence " + sequence);
        assertNull(found.put(key, sequence), "sequence " + sequence);
    }

    private static byte[] content(long key) {
        byte[] content = new byte[KEY_BYTES + (int) (key % 997)];
        Arrays.fill(content, (byte) key);
        ByteBuffer.wrap(content).putLong(key);
        return content;
    }

    /** Remembers the whole lines that the process had printed when it was killed. */
    private void runAndKill(Path journal, int round, int bytes)
            throws IOException, InterruptedException {
        Process writer =
                new ProcessBuilder(ChildJvm.command(EndlessWriters.class, journal, round))
                        .redirectError(folder.resolve("errors").toFile())
                        .start();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (InputStream out = writer.getInputStream()) {
            byte[] some = out.readNBytes(bytes);
            assertEquals(bytes, some.length, "the writers ended by themselves");
            // The process itself would close the stream, too.
            writer.toHandle().destroyForcibly();
            read.write(some);
            out.transferTo(read);
        }
        assertTrue(writer.waitFor(10, TimeUnit.SECONDS));
        String text = read.toString(StandardCharsets.US_ASCII);
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            int blank = line.indexOf(' ');
            acknowledged.put(
                    Long.parseLong(line.substring(0, blank)),
                    Long.parseLong(line.substring(blank + 1)));
        }
    }

    /** Entry point of the process that is killed: prints key and sequence of what is settled. */
    static final class EndlessWriters {
        private EndlessWriters() {}

        public static void main(String[] arguments) throws InterruptedException {
            Path folder = Path.of(arguments[0]);
            long round = Long.parseLong(arguments[1]);
            try (Journal journal = Journals.open(folder, FILE_BYTES)) {
                Thread last = Thread.currentThread();
                for (int i = 0; i < WRITERS; i++) {
                    long firstKey = (round * WRITERS + i) << 32;
                    last = Thread.ofPlatform().start(() -> writeWithoutEnd(journal, firstKey));
                }
                last.join();
            }
        }

        private static void writeWithoutEnd(Journal journal, long firstKey) {
            try {
                for (long key = firstKey; key < Long.MAX_VALUE; key++) {
                    long sequence = Journals.write(journal, content(key)).sequence();
                    System.out.println(key + " " + sequence);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
