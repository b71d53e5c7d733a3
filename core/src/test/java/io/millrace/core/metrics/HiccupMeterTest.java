package io.millrace.core.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class HiccupMeterTest {
    /** Start and length in seconds, of which the library's reader cuts some milliseconds off. */
    private static final Pattern INTERVAL = Pattern.compile("(\\d+\\.\\d{3}),(\\d+\\.\\d{3}),");

    private static final Path FULL = Path.of("/dev/full");

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
    void shouldCountStallsBetweenTwoSleepsButNotItsOwnWriting() {
        HiccupMeter meter = new HiccupMeter(null, 1_000);
        meter.beginSample(0);
        meter.endSample(1_060_000);
        // Up to here it slept; then it was held up before it slept again.
        meter.endSample(1_060_000 + 30_000_000 + 1_060_000);
        // And here it wrote for long.
        meter.beginSample(900_000_000);
        meter.endSample(900_000_000 + 1_060_000);

        assertEquals(30_000, meter.maxUs(), 300);
        // One sample each, and those that the long one kept from being taken: 29 ms to 1 ms.
        assertEquals(3 + 29, meter.histogram().getTotalCount());
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

    /** Asking must not cut the intervals of the log short. */
    @Test
    void shouldKeepTheIntervalsOfItsLogWhenAskedInBetween() throws Exception {
        Path path = folder.resolve("asked.hlog");
        try (HiccupMeter meter = HiccupMeter.start(path, 100)) {
            for (int i = 0; i < 60; i++) {
                Thread.sleep(5);
                assertTrue(meter.takeMaxUs() >= 0);
            }
            assertFalse(meter.isLogBroken());
        }
        BigDecimal end = BigDecimal.ZERO;
        int intervals = 0;
        for (String line : Files.readAllLines(path)) {
            Matcher interval = INTERVAL.matcher(line);
            if (interval.lookingAt()) {
                BigDecimal start = new BigDecimal(interval.group(1));
                assertTrue(start.compareTo(end) >= 0, "begins before " + end + ": " + line);
                end = start.add(new BigDecimal(interval.group(2)));
                intervals++;
            }
        }
        assertTrue(intervals >= 2 && intervals <= 5, "intervals=" + intervals);
    }

    /** The machine may stall between two questions, so the longest of all is asked for twice. */
    @Test
    void shouldTellTheLongestSinceItWasLastAsked() throws Exception {
        try (HiccupMeter meter = HiccupMeter.start()) {
            Thread.sleep(50);
            double longest = meter.takeMaxUs();
            for (int i = 0; i < 20; i++) {
                Thread.sleep(5);
                longest = Math.max(longest, meter.takeMaxUs());
            }
            double before = meter.maxUs();
            longest = Math.max(longest, meter.takeMaxUs());
            double after = meter.maxUs();
            assertTrue(after > 0);
            assertTrue(before <= longest + 1e-9, before + " of all, taken " + longest);
            assertTrue(longest <= after + 1e-9, "taken " + longest + ", of all " + after);
        }
    }

    @Test
    @EnabledIf("isDiskFull")
    void shouldTellWhenTheDiskIsFull() throws Exception {
        PrintStream stream = new PrintStream(FULL.toFile(), StandardCharsets.US_ASCII);
        try (HiccupMeter meter = HiccupMeter.start(stream, 20)) {
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!meter.isLogBroken() && System.nanoTime() - endNs < 0) {
                Thread.sleep(10);
            }
            assertTrue(meter.isLogBroken());
            assertTrue(meter.histogram().getTotalCount() > 0);
        }
    }

    static boolean isDiskFull() {
        return Files.exists(FULL);
    }
}
