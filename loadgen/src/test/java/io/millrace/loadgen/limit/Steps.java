package io.millrace.loadgen.limit;

import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.report.GivenUpCounts;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.TypeReport;

import org.HdrHistogram.Histogram;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Made-up runs. */
final class Steps {
    static final long PLANNED = 10_000;
    private static final long NS_PER_MS = 1_000_000;

    private Steps() {}

    static LimitStep of(double rate, StepVerdict verdict) {
        return new LimitStep(
                rate,
                report(0, 1, 0, false),
                AnswerQuality.UNJUDGED,
                new LimitGoals(
                        new LatencyGoals(Map.of()), OptionalDouble.empty(), OptionalDouble.empty()),
                verdict,
                Optional.empty());
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
                List.of(kind(RequestType.RECOMMEND, latency)),
                0,
                10,
                latency,
                latency,
                new Histogram(3),
                new Histogram(3),
                List.of(),
                List.of(),
                List.of(),
                false,
                isPartial,
                List.of(),
                Optional.empty());
    }

    /** Sound answers to all requests of a type. */
    static TypeReport kind(RequestType type, Histogram latency) {
        long count = latency.getTotalCount();
        return new TypeReport(
                type.label(), type.isChange(), count, count, count, 0, 0, 0, 0, latency);
    }

    /** A run of several kinds, without any trouble. */
    static LoadReport report(List<TypeReport> kinds) {
        Histogram latency = new Histogram(3);
        kinds.forEach(kind -> latency.add(kind.latency()));
        long count = latency.getTotalCount();
        return new LoadReport(
                LoadPlan.to("localhost", 1, new long[] {1}).build(),
                new LoadCounts(count, count, count, 0, 0, 0, 0, 0, 0, 0, 0),
                GivenUpCounts.NONE,
                kinds,
                0,
                10,
                latency,
                latency,
                new Histogram(3),
                new Histogram(3),
                List.of(),
                List.of(),
                List.of(),
                false,
                false,
                List.of(),
                Optional.empty());
    }
}
