package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.server.config.ServerConfig;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class HiccupLogTest {
    @TempDir private Path folder;

    private static ServerConfig config(Path log) {
        return TestServers.config().with("hiccupLog", log.toString());
    }

    @Test
    void shouldLogHiccupsByTheSecondWhileItServes() throws Exception {
        Path log = folder.resolve("serve.hlog");
        long beganMs = System.currentTimeMillis();
        try (MillraceServer server = MillraceServer.start(config(log), new FakeFunnel())) {
            assertTrue(server.port() > 0);
            Thread.sleep(2_300);
        }
        long endedMs = System.currentTimeMillis();
        long samples = 0;
        int intervals = 0;
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            while (reader.hasNext()) {
                EncodableHistogram next = reader.nextIntervalHistogram();
                assertTrue(next.getStartTimeStamp() >= beganMs - 1);
                assertTrue(next.getEndTimeStamp() <= endedMs + 1);
                samples += next instanceof Histogram one ? one.getTotalCount() : 0;
                intervals++;
            }
        }
        assertTrue(intervals >= 2 && intervals <= 4, "intervals=" + intervals);
        // A sample each millisecond, and those that a stall has left out.
        assertTrue(samples > 500, "samples=" + samples);
    }

    @Test
    void shouldRefuseToStartWhenTheLogHasNoPlace() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                MillraceServer.start(
                                        config(file.resolve("serve.hlog")), new FakeFunnel()));
        assertEquals(ErrorCode.IO, e.code());
    }
}
