package io.millrace.loadgen.limit;

import io.millrace.loadgen.GivenUpCounts;
import io.millrace.loadgen.LoadCounts;
import io.millrace.loadgen.LoadPlan;
import io.millrace.loadgen.LoadReport;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Optional;

/** Made-up runs. */
final class Steps {
    static final long PLANNED = 10_000;
    private static final long NS_PER_MS = 1_000_000;

    private Steps() {}

    static LimitStep of(double rate, StepVerdict verdict) {
        return new LimitStep(rate, report(0, 1, 0, false), AnswerQuality.UNJUDGED, verdict);
    }

    /** A run of which so many were refused, and one in fifty of the others took so long. */
    static LoadReport report(long refused, long slowMs, long late, boolean isPartial) {
        return report(refused, slowMs, late, isPartial, 0);
    }

    static LoadReport report(
            long refused, long slowMs, long late, boolean isPartial, int deadlineUs) {
        Histogram latency = new Histogram(3);
        long answered = PLANNED - refused;
        latency.recordValueWithCount(NS_PER_MS, answered - answered / 50);
        latency.recordValueWithCount(slowMs * NS_PER_MS, answered / 50);
        LoadCounts counts =
                new LoadCounts(PLANNED, PLANNED, answered, refused, 0, 0, 0, 0, 0, 0, late);
        return new LoadReport(
                LoadPlan.to("localhost", 1, new long[] {1}).deadlineUs(deadlineUs).build(),
                counts,
                GivenUpCounts.NONE,
                List.of(),
                0,
                10,
                latency,
                latency,
                new Histogram(3),
                new Histogram(3),
                List.of(),
                List.of(),
                List.of(),
                isPartial,
                List.of(),
                Optional.empty());
    }
}
