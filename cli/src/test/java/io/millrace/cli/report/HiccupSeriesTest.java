package io.millrace.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.metrics.HiccupMeter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

final class HiccupSeriesTest {
    @TempDir Path folder;

    @Test
    void shouldReadEveryIntervalWhenAMeterHasRun() throws InterruptedException {
        Path log = folder.resolve("hiccups.hlog");
        try (HiccupMeter meter = HiccupMeter.start(log, 50)) {
            Thread.sleep(300);
            assertTrue(meter.maxUs() >= 0);
        }
        List<HiccupSeries.Interval> intervals = HiccupSeries.read(log);
        assertTrue(intervals.size() >= 3, intervals.toString());
        double before = 0;
        for (HiccupSeries.Interval interval : intervals) {
            assertTrue(interval.endSeconds() >= before, intervals.toString());
            assertTrue(interval.maxUs() >= 0, intervals.toString());
            before = interval.endSeconds();
        }
    }

    @Test
    void shouldReadNothingWhenThereIsNoLog() {
        assertEquals(List.of(), HiccupSeries.read(folder.resolve("none.hlog")));
    }
}
