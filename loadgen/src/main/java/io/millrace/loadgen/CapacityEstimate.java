package io.millrace.loadgen;

import io.millrace.core.metrics.Figures;

/**
 * What a server answered when it was never left without work. Closed loop: the rate is what it can
 * do, the latency is of a queue as long as the depth and says nothing of a load that arrives.
 *
 * @param ratePerSecond OK answers a second.
 * @param answered OK answers that were counted.
 * @param notAnswered answers of any other status.
 * @param depth requests kept under way.
 * @param measuredMs time they were counted in.
 */
public record CapacityEstimate(
        double ratePerSecond, long answered, long notAnswered, int depth, double measuredMs) {
    /**
     * All figures by flat keys.
     *
     * @return a new object.
     */
    public Figures figures() {
        return new Figures()
                .put("closed_loop.rate", ratePerSecond)
                .put("closed_loop.answered", answered)
                .put("closed_loop.not_answered", notAnswered)
                .put("closed_loop.depth", depth)
                .put("closed_loop.measured_ms", measuredMs);
    }
}
