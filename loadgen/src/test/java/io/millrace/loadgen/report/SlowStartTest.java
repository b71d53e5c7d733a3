package io.millrace.loadgen.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadPlanBuilder;
import io.millrace.loadgen.plan.LoadTrace;
import io.millrace.loadgen.plan.RateShape;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class SlowStartTest {
    private static final LoadCounts NOTHING = new LoadCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static LoadPlanBuilder plan(int seconds) {
        return LoadPlan.to("localhost", 1, new long[] {1}).durationMs(1_000L * seconds);
    }

    /** Seconds whose answers all took so many microseconds. */
    private static List<SecondPoint> seconds(int answers, int... us) {
        List<SecondPoint> series = new ArrayList<>();
        for (int i = 0; i < us.length; i++) {
            Histogram latencies = new Histogram(3);
            if (answers > 0) {
                latencies.recordValueWithCount(us[i] * 1_000L, answers);
            }
            series.add(SecondPoint.of(1_000L * (i + 1), NOTHING, NOTHING, latencies, 0));
        }
        return series;
    }

    @Test
    void shouldFindARunThatBeganSlower() {
        SlowStart slow =
                SlowStart.of(plan(8).build(), seconds(100, 900, 700, 500, 500, 500, 500, 500, 500))
                        .orElseThrow();
        assertEquals(900, slow.firstUs(), 1);
        assertEquals(500, slow.lastUs(), 1);
        assertEquals(900, slow.figures().number("slow_start.first_p50_us"), 1);
        assertEquals(500, slow.figures().number("slow_start.last_p50_us"), 1);
        // A closed loop asks for as much as it is answered, all the time.
        LoadPlan closed = plan(4).closedLoop(8).build();
        assertTrue(SlowStart.of(closed, seconds(100, 900, 500, 500, 500)).isPresent());
    }

    @Test
    void shouldFindNothingWhereTheDifferenceIsSmallOrAStall() {
        assertNone(plan(4).build(), seconds(100, 640, 500, 500, 500));
        // Which of three was stalled does not matter.
        assertNone(
                plan(12).build(),
                seconds(100, 500, 9_000, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500));
        // It became slower, as where more is asked for than can be answered.
        assertNone(plan(4).build(), seconds(100, 500, 600, 700, 900));
    }

    @Test
    void shouldFindNothingWhereThereIsTooLittleToTell() {
        assertNone(plan(4).build(), seconds(99, 900, 500, 500, 500));
        assertNone(plan(3).build(), seconds(1_000, 900, 500, 500));
        assertNone(plan(4).build(), seconds(0, 0, 0, 0, 0));
        assertNone(plan(4).build(), List.of());
        // What came behind the last request is no second of the run.
        assertNone(plan(4).build(), seconds(100, 500, 500, 500, 500, 10));
    }

    @Test
    void shouldFindNothingWhereTheRateChanges() {
        List<SecondPoint> slower = seconds(100, 900, 500, 500, 500);
        assertNone(plan(4).shape(new RateShape.Ramp(2_000)).build(), slower);
        assertNone(plan(4).shape(new RateShape.Bursts(5, 2)).build(), slower);
        LoadTrace trace = new LoadTrace(new long[] {0, 4_000_000_000L}, new long[] {1, 2});
        assertNone(plan(4).trace(trace, 0).build(), slower);
    }

    private static void assertNone(LoadPlan plan, List<SecondPoint> series) {
        assertEquals(Optional.empty(), SlowStart.of(plan, series));
    }
}
