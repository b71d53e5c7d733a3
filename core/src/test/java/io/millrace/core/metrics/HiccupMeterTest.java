package io.millrace.core.metrics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

final class HiccupMeterTest {
    @TempDir private Path folder;

    @Test
    void shouldWriteALogThatTheStandardReaderUnderstands() throws Exception {
        Path path = folder.resolve("hiccup.hlog");
        long samples;
        try (HiccupMeter meter = HiccupMeter.start(path, 50)) {
            Thread.sleep(300);
            samples = meter.histogram().getTotalCount();
        }
        assertTrue(samples > 10, "samples=" + samples);
        long logged = 0;
        int intervals = 0;
        try (HistogramLogReader reader = new HistogramLogReader(path.toFile())) {
            for (EncodableHistogram h = reader.nextIntervalHistogram();
                    h != null;
                    h = reader.nextIntervalHistogram()) {
                logged += ((Histogram) h).getTotalCount();
                intervals++;
            }
        }
        assertTrue(logged >= samples, "logged=" + logged + ", samples=" + samples);
        assertTrue(intervals >= 2, "intervals=" + intervals);
        assertTrue(Files.readString(path).contains("[Histogram log format version 1.3]"));
    }

    @Test
    void shouldCountEverySampleOnceWhenAskedOften() throws Exception {
        try (HiccupMeter meter = HiccupMeter.start()) {
            Thread.sleep(20);
            long first = meter.histogram().getTotalCount();
            long second = meter.histogram().getTotalCount();
            assertTrue(second >= first);
            assertTrue(second < first + 1_000, "first=" + first + ", second=" + second);
        }
    }
}
