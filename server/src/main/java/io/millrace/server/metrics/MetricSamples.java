package io.millrace.server.metrics;

import java.util.List;

/**
 * What was counted and timed, for whoever looks at a name at a time.
 *
 * @param uptimeNs since the start of the server
 * @param samples in the order of the page of metrics
 */
public record MetricSamples(long uptimeNs, List<Sample> samples) {

    /**
     * One number.
     *
     * @param name with its labels, as in {@code requests_total{kind="rank",status="ok"}}
     * @param value in what the name says, seconds for times
     */
    public record Sample(String name, double value) {}
}
