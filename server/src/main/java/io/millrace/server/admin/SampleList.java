package io.millrace.server.admin;

import io.millrace.server.metrics.MetricSamples;
import io.millrace.server.metrics.ServerStatistics;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what {@code /metrics} has for whoever asks by frame: quantiles stand for the buckets of
 * histograms, which are for a monitoring system to add up.
 */
public final class SampleList implements MetricSink {
    private static final List<String> QUANTILES = List.of("0.5", "0.9", "0.99", "0.999", "1");
    private static final double NS_PER_SECOND = 1e9;
    private static final double PERCENT = 100;

    private final List<MetricSamples.Sample> samples = new ArrayList<>();

    private SampleList() {}

    /**
     * Gathers everything; takes milliseconds.
     *
     * @param source of it
     * @return as it is now
     */
    public static MetricSamples of(AdminSource source) {
        SampleList list = new SampleList();
        ServerStatistics statistics = source.statistics();
        MetricWalk.tell(source, statistics, list);
        return new MetricSamples(statistics.uptimeNs(), List.copyOf(list.samples));
    }

    @Override
    public void family(String name, String type, String description) {
        // Whoever reads samples by their name knows.
    }

    @Override
    public void sample(String name, String labels, long value) {
        sample(name, labels, (double) value);
    }

    @Override
    public void sample(String name, String labels, double value) {
        String label = labels.isEmpty() ? "" : "{" + labels + "}";
        samples.add(new MetricSamples.Sample(name + label, value));
    }

    @Override
    public void histogram(String name, String labels, Histogram times) {
        String before = labels.isEmpty() ? "" : labels + ",";
        for (String quantile : QUANTILES) {
            sample(
                    name,
                    before + "quantile=\"" + quantile + "\"",
                    times.getValueAtPercentile(PERCENT * Double.parseDouble(quantile))
                            / NS_PER_SECOND);
        }
        long count = times.getTotalCount();
        sample(name + "_sum", labels, count == 0 ? 0.0 : times.getMean() * count / NS_PER_SECOND);
        sample(name + "_count", labels, count);
    }
}
