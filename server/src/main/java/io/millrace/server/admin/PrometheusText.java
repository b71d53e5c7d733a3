package io.millrace.server.admin;

import io.millrace.server.metrics.Gauge;
import io.millrace.server.metrics.ServerStatistics;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Stage;

import org.HdrHistogram.Histogram;

import java.util.Locale;
import java.util.SortedMap;

/** Writes statistics in Prometheus' text format 0.0.4. */
final class PrometheusText {
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
        ServerStatistics statistics = source.statistics();
        page.counters(statistics);
        page.refusals(source.httpRefusals().byReason());
        page.histograms(statistics, source.hiccups());
        String last = "";
        for (Gauge gauge : source.gauges()) {
            if (!gauge.name().equals(last)) {
                page.head(
                        gauge.name(), gauge.isCounter() ? "counter" : "gauge", gauge.description());
                last = gauge.name();
            }
            page.sample(gauge.name(), gauge.label(), gauge.value());
        }
        return page.text.toString();
    }

    private void counters(ServerStatistics statistics) {
        head("requests_total", "counter", "Requests by kind and status.");
        for (ServerStatistics.Outcome outcome : statistics.outcomes()) {
            sample(
                    "requests_total",
                    "kind=\""
                            + outcome.kind().label()
                            + "\",status=\""
                            + outcome.status().name().toLowerCase(Locale.ROOT)
                            + "\"",
                    outcome.count());
        }
        counter(
                "degraded_total",
                "Requests for which something was given up.",
                statistics.degraded());
        head("given_up_total", "counter", "Requests for which this was given up.");
        for (Lever lever : Lever.values()) {
            sample("given_up_total", "lever=\"" + lever.label() + "\"", statistics.count(lever));
        }
        head(
                "refusals_total",
                "counter",
                "Requests and connections refused as OVERLOADED or SHUTTING_DOWN, by reason.");
        for (Refusal why : Refusal.values()) {
            sample("refusals_total", "reason=\"" + why.label() + "\"", statistics.count(why));
        }
        counter("failures_total", "Requests that ended with a defect.", statistics.failures());
        counter(
                "worker_restarts_total",
                "Worker threads that ended and were replaced.",
                statistics.workerRestarts());
        counter(
                "abandoned_total",
                "Requests whose caller was gone before their turn.",
                statistics.abandoned());
        ServerStatistics.Connections connections = statistics.connections();
        counter("connections_accepted_total", "Connections accepted.", connections.accepted());
        counter(
                "connections_refused_total",
                "Connections refused because there were too many.",
                connections.refused());
        counter(
                "connection_pauses_total",
                "Times a connection was not read from because its peer did not read or asked too"
                        + " much.",
                connections.pauses());
        counter(
                "slow_readers_total",
                "Connections closed because their peer did not read its answers.",
                connections.slowReaders());
        counter("answers_unread_total", "Answers whose caller was gone.", connections.unread());
        counter(
                "allocated_bytes_total",
                "Heap bytes allocated by the threads that serve requests.",
                statistics.allocatedBytes());
        head("connections", "gauge", "Open connections.");
        sample("connections", "", connections.open());
        head("in_flight", "gauge", "Requests handed to workers and not yet answered.");
        sample("in_flight", "", statistics.inFlight());
        head("uptime_seconds", "gauge", "Time since the start.");
        sample("uptime_seconds", "", statistics.uptimeNs() / NS_PER_SECOND);
    }

    private void refusals(SortedMap<String, Long> byReason) {
        head(
                "http_refusals_total",
                "counter",
                "Requests over HTTP that were refused before they became a frame, by reason.");
        byReason.forEach(
                (reason, count) ->
                        sample("http_refusals_total", "reason=\"" + reason + "\"", count));
    }

    private void histograms(ServerStatistics statistics, Histogram hiccups) {
        head("stage_seconds", "histogram", "Time by stage.");
        for (int i = 0; i < Stage.count(); i++) {
            Stage stage = Stage.at(i);
            histogram("stage_seconds", "stage=\"" + stage.label() + "\",", statistics.stage(stage));
        }
        head(
                "service_seconds",
                "histogram",
                "Time from the arrival of a request to its answer's encoding.");
        histogram("service_seconds", "", statistics.service());
        head(
                "hiccup_seconds",
                "histogram",
                "How much later than wanted a thread that does nothing else woke up.");
        histogram("hiccup_seconds", "", hiccups);
    }

    private void histogram(String name, String label, Histogram histogram) {
        for (double bound : BOUNDS_SECONDS) {
            sample(
                    name + "_bucket",
                    label + "le=\"" + bound + "\"",
                    histogram.getCountBetweenValues(0, (long) (bound * NS_PER_SECOND)));
        }
        long count = histogram.getTotalCount();
        sample(name + "_bucket", label + "le=\"+Inf\"", count);
        String only = label.isEmpty() ? "" : label.substring(0, label.length() - 1);
        sample(name + "_sum", only, count == 0 ? 0.0 : histogram.getMean() * count / NS_PER_SECOND);
        sample(name + "_count", only, count);
    }

    private void counter(String name, String description, long value) {
        head(name, "counter", description);
        sample(name, "", value);
    }

    private void head(String name, String type, String description) {
        text.append("# HELP millrace_").append(name).append(' ').append(description).append('\n');
        text.append("# TYPE millrace_").append(name).append(' ').append(type).append('\n');
    }

    private void sample(String name, String labels, long value) {
        name(name, labels).append(value).append('\n');
    }

    private void sample(String name, String labels, double value) {
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
