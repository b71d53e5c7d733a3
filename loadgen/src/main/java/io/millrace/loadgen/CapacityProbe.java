package io.millrace.loadgen;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.loadgen.change.ChangeMix;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadPlanBuilder;
import io.millrace.loadgen.plan.Popularity;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.LoadReport;

/**
 * Estimates the rate at which a server is saturated, in a closed loop: a fixed number of requests
 * is kept under way, every answer sends the next. Good to choose the rate of a plan by, not to tell
 * a latency by.
 *
 * <p>Threading: as {@link LoadGenerator}.
 */
public final class CapacityProbe {
    private static final int TIMEOUT_MS = 5_000;
    private static final int CONNECTIONS = 2;
    private static final int DEPTH = 32;
    private static final double MS_PER_SECOND = 1e3;

    private CapacityProbe() {}

    /**
     * Probes a server. The first quarter of the time warms it up and is not counted.
     *
     * @param host of the server.
     * @param port of the server's wire protocol.
     * @param userIds to ask for, each as often as any other.
     * @param k items asked for.
     * @param durationMs how long the probe takes.
     * @return the estimate.
     * @throws MillraceException UNAVAILABLE when the server can't be reached or goes away.
     */
    public static CapacityEstimate estimate(
            String host, int port, long[] userIds, int k, long durationMs) {
        return estimate(
                LoadPlan.to(host, port, userIds).k(k).popularity(Popularity.UNIFORM), durationMs);
    }

    /**
     * Probes the server of a plan with what the plan asks for. What it changes is left out: a probe
     * is to leave the server as it was.
     *
     * @param plan where and what to ask.
     * @param durationMs how long the probe takes.
     * @return the estimate.
     * @throws MillraceException UNAVAILABLE when the server can't be reached or goes away.
     */
    public static CapacityEstimate estimate(LoadPlan plan, long durationMs) {
        return estimate(
                LoadPlan.to(plan.host(), plan.port(), plan.userIds())
                        .k(plan.k())
                        .popularity(plan.popularity())
                        .mix(plan.mix())
                        .changes(ChangeMix.NONE)
                        .seed(plan.seed())
                        .priority(plan.priority())
                        .security(plan.security()),
                durationMs);
    }

    private static CapacityEstimate estimate(LoadPlanBuilder plan, long durationMs) {
        long warmupMs = durationMs / 4;
        LoadReport report =
                LoadGenerator.run(
                        plan.connections(CONNECTIONS)
                                .closedLoop(DEPTH)
                                .timeoutMs(TIMEOUT_MS)
                                .warmupMs(warmupMs)
                                .durationMs(durationMs - warmupMs)
                                .build(),
                        ProgressListener.NONE);
        String why = report.firstFailure().orElse("");
        if (report.isPartial()) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "the server went away during the probe: reason="
                            + why
                            + "; look at the server's log",
                    null);
        }
        LoadCounts counts = report.counts();
        long notAnswered = counts.refused() + counts.errors();
        if (counts.answered() == 0) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "the server answered nothing during the probe: notAnswered="
                            + notAnswered
                            + ", reason="
                            + why
                            + "; probe longer or look at its log",
                    null);
        }
        return new CapacityEstimate(
                report.ratePerSecond(),
                counts.answered(),
                notAnswered,
                DEPTH,
                report.elapsedSeconds() * MS_PER_SECOND);
    }
}
