package io.millrace.server.admin;

import org.HdrHistogram.Histogram;

/** Writes statistics in Prometheus' text format 0.0.4. */
final class PrometheusText implements MetricSink {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double[] BOUNDS_SECONDS = {
        0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001,
        0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5
    };
    private static final double NS_PER_SECOND = 1e9;

    private final StringBuilder text = new StringBuilder(16 << 10);

    private PrometheusText() {}

    static String of(AdminSource source) {
        PrometheusText page = new PrometheusText();
        MetricWalk.tell(source, source.statistics(), page);
        return page.text.toString();
    }

    @Override
    public void family(String name, String type, String description) {
        text.append("# HELP millrace_").append(name).append(' ').append(description).append('\n');
        text.append("# TYPE millrace_").append(name).append(' ').append(type).append('\n');
    }

    @Override
    public void histogram(String name, String labels, Histogram times) {
        String before = labels.isEmpty() ? "" : labels + ",";
        for (double bound : BOUNDS_SECONDS) {
            sample(
                    name + "_bucket",
                    before + "le=\"" + bound + "\"",
                    times.getCountBetweenValues(0, (long) (bound * NS_PER_SECOND)));
        }
        long count = times.getTotalCount();
        sample(name + "_bucket", before + "le=\"+Inf\"", count);
        sample(name + "_sum", labels, count == 0 ? 0.0 : times.getMean() * count / NS_PER_SECOND);
        sample(name + "_count", labels, count);
    }

    @Override
    public void sample(String name, String labels, long value) {
        name(name, labels).append(value).append('\n');
    }

    @Override
    public void sample(String name, String labels, double value) {
        name(name, labels).append(value).append('\n');
    }

    private StringBuilder name(String name, String labels) {
        text.append("millrace_").append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        return text.append(' ');
    }
}
