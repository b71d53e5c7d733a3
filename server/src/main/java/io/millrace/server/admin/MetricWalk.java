package io.millrace.server.admin;

import io.millrace.server.metrics.Gauge;
import io.millrace.server.metrics.ServerStatistics;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Stage;

import org.HdrHistogram.Histogram;

import java.util.Locale;
import java.util.SortedMap;

/**
 * Goes through all that a server counts and times, in one order and under the same names, whoever
 * asks for it.
 */
final class MetricWalk {
    private static final double NS_PER_SECOND = 1e9;

    private final MetricSink to;

    private MetricWalk(MetricSink to) {
        this.to = to;
    }

    /** Tells a sink of everything; takes milliseconds. */
    static void tell(AdminSource source, ServerStatistics statistics, MetricSink to) {
        MetricWalk walk = new MetricWalk(to);
        walk.counters(statistics);
        walk.refusals(source.httpRefusals().byReason());
        walk.histograms(statistics, source.hiccups());
        walk.gauges(source);
    }

    private void counters(ServerStatistics statistics) {
        to.family("requests_total", "counter", "Requests by kind and status.");
        for (ServerStatistics.Outcome outcome : statistics.outcomes()) {
            to.sample(
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
        to.family("given_up_total", "counter", "Requests for which this was given up.");
        for (Lever lever : Lever.values()) {
            to.sample("given_up_total", "lever=\"" + lever.label() + "\"", statistics.count(lever));
        }
        to.family(
                "refusals_total",
                "counter",
                "Requests and connections refused as OVERLOADED or SHUTTING_DOWN, by reason.");
        for (Refusal why : Refusal.values()) {
            to.sample("refusals_total", "reason=\"" + why.label() + "\"", statistics.count(why));
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
        to.family("connections", "gauge", "Open connections.");
        to.sample("connections", "", connections.open());
        to.family("in_flight", "gauge", "Requests handed to workers and not yet answered.");
        to.sample("in_flight", "", statistics.inFlight());
        to.family("uptime_seconds", "gauge", "Time since the start.");
        to.sample("uptime_seconds", "", statistics.uptimeNs() / NS_PER_SECOND);
    }

    private void refusals(SortedMap<String, Long> byReason) {
        to.family(
                "http_refusals_total",
                "counter",
                "Requests over HTTP that were refused before they became a frame, by reason.");
        byReason.forEach(
                (reason, count) ->
                        to.sample("http_refusals_total", "reason=\"" + reason + "\"", count));
    }

    private void histograms(ServerStatistics statistics, Histogram hiccups) {
        to.family("stage_seconds", "histogram", "Time by stage.");
        for (int i = 0; i < Stage.count(); i++) {
            Stage stage = Stage.at(i);
            to.histogram(
                    "stage_seconds", "stage=\"" + stage.label() + "\"", statistics.stage(stage));
        }
        to.family(
                "service_seconds",
                "histogram",
                "Time from the arrival of a request to its answer's encoding.");
        to.histogram("service_seconds", "", statistics.service());
        to.family(
                "hiccup_seconds",
                "histogram",
                "How much later than wanted a thread that does nothing else woke up.");
        to.histogram("hiccup_seconds", "", hiccups);
    }

    private void gauges(AdminSource source) {
        String last = "";
        for (Gauge gauge : source.gauges()) {
            if (!gauge.name().equals(last)) {
                to.family(
                        gauge.name(), gauge.isCounter() ? "counter" : "gauge", gauge.description());
                last = gauge.name();
            }
            to.sample(gauge.name(), gauge.label(), gauge.value());
        }
    }

    private void counter(String name, String description, long value) {
        to.family(name, "counter", description);
        to.sample(name, "", value);
    }
}
