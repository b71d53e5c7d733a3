package io.millrace.core.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Map;

final class StageBandTest {
    @Test
    void shouldNeverFallWhenTimesGrow() {
        int last = -1;
        for (long ns = 0; ns < 1L << 37; ns += Math.max(1, ns / 64)) {
            int band = StageBand.of(ns);
            assertTrue(band >= last && band < StageBand.COUNT, "ns=" + ns + ", band=" + band);
            last = band;
        }
        assertEquals(0, StageBand.of(-5));
        assertEquals(StageBand.COUNT - 1, StageBand.of(Long.MAX_VALUE));
    }

    /** Requests of a band are to be alike: no more than a quarter apart. */
    @Test
    void shouldHoldTimesThatAreAlike() {
        long begin = 1_000;
        for (long ns = begin; ns < 60_000_000_000L; ns += Math.max(1, ns / 200)) {
            if (StageBand.of(ns) != StageBand.of(begin)) {
                begin = ns;
            }
            assertTrue(ns <= begin * 1.26, "ns=" + ns + ", begin=" + begin);
        }
    }

    @Test
    void shouldSubtractStageByStageWhenAskedForADifference() {
        StageBand before = new StageBand(7, 2, 30, Map.of("rank", 20L));
        StageBand after = new StageBand(7, 5, 100, Map.of("rank", 70L, "encode", 4L));
        assertEquals(
                new StageBand(7, 3, 70, Map.of("rank", 50L, "encode", 4L)), after.since(before));
    }
}
