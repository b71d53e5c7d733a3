package io.millrace.loadgen;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.plan.LoadPlan;

/**
 * Estimates the rate at which a server is saturated, in a closed loop: a fixed number of requests
 * is kept under way, every answer sends the next. Good to choose the rate of a plan by, not to tell
 * a latency by.
 *
 * <p>Threading: blocks the caller; sends and receives on {@code millrace-load-0}.
 */
public final class CapacityProbe {
    private static final int TIMEOUT_MS = 5_000;

    private CapacityProbe() {}

    /**
     * Probes a server. The first quarter of the time warms it up and is not counted.
     *
     * @param host of the server.
     * @param port of the server's wire protocol.
     * @param userIds to ask for in turn.
     * @param k items asked for.
     * @param durationMs how long the probe takes.
     * @return the estimate.
     * @throws MillraceException UNAVAILABLE when the server can't be reached or goes away.
     */
    public static CapacityEstimate estimate(
            String host, int port, long[] userIds, int k, long durationMs) {
        // The plan checks what the two have in common.
        LoadPlan plan =
                LoadPlan.to(host, port, userIds)
                        .k(k)
                        .ratePerSecond(1_000)
                        .warmupMs(0)
                        .durationMs(durationMs)
                        .build();
        return estimate(plan, durationMs);
    }

    /**
     * Probes the server of a plan, for its users and items.
     *
     * @param plan where and what to ask.
     * @param durationMs how long the probe takes.
     * @return the estimate.
     * @throws MillraceException UNAVAILABLE when the server can't be reached or goes away.
     */
    public static CapacityEstimate estimate(LoadPlan plan, long durationMs) {
        ProbeRun probe = new ProbeRun(plan.userIds(), plan.k());
        try (LoadLoop loop =
                LoadLoop.connect(
                        plan.host(),
                        plan.port(),
                        ProbeRun.CONNECTIONS,
                        TIMEOUT_MS,
                        plan.priority(),
                        plan.security())) {
            probe.run(loop, durationMs);
            return probe.estimate();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "the probe was interrupted: run it again", e);
        }
    }
}
