package io.millrace.core.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class AllocationMeterTest {
    private static volatile Object sink = "";

    @Test
    void shouldCountWhatTheThreadAllocatesAndNothingElse() {
        AllocationMeter meter = new AllocationMeter(Thread.currentThread());
        meter.allocatedBytes();
        long before = meter.allocatedBytes();
        long after = meter.allocatedBytes();
        assertEquals(0, after - before);
        sink = new byte[1 << 20];
        long grown = meter.allocatedBytes() - after;
        assertTrue(
                grown >= 1 << 20 && grown < 2 << 20,
                "grown=" + grown + ", sink=" + sink.hashCode());
    }

    @Test
    void shouldSayHowMuchMemoryThereIs() {
        double now = ProcessMemory.residentMib();
        assertTrue(now > 10 && now < 100_000, "rss=" + now);
        assertTrue(ProcessMemory.peakResidentMib() >= now / 2);
    }
}
