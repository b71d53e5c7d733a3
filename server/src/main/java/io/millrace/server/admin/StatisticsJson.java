package io.millrace.server.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.millrace.core.json.Json;
import io.millrace.core.metrics.PackedHistogram;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.metrics.ServerStatistics;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Stage;

import org.HdrHistogram.Histogram;

import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;

/**
 * Writes statistics as a JSON object: figures, and where wanted whole histograms as well, packed as
 * HdrHistogram does and in base 64, which a reader may subtract from each other.
 */
final class StatisticsJson {
    private static final double NS_PER_US = 1e3;

    private final boolean hasHistograms;

    private StatisticsJson(boolean hasHistograms) {
        this.hasHistograms = hasHistograms;
    }

    static ObjectNode of(AdminSource source, boolean hasHistograms) {
        return new StatisticsJson(hasHistograms).write(source);
    }

    private ObjectNode write(AdminSource source) {
        ServerStatistics statistics = source.statistics();
        ObjectNode root = Json.mapper().createObjectNode();
        root.put("readiness", source.readiness().label());
        root.put("uptime_seconds", statistics.uptimeNs() / 1e9);
        ObjectNode requests = root.putObject("requests");
        for (ServerStatistics.Outcome outcome : statistics.outcomes()) {
            requests.put(outcome.kind().label() + "." + outcome.status().name(), outcome.count());
        }
        root.put("degraded", statistics.degraded());
        ObjectNode givenUp = root.putObject("given_up");
        for (Lever lever : Lever.values()) {
            givenUp.put(lever.label(), statistics.count(lever));
        }
        ObjectNode refusals = root.putObject("refusals");
        for (Refusal why : Refusal.values()) {
            refusals.put(why.label(), statistics.count(why));
        }
        root.put("failures", statistics.failures());
        root.put("worker_restarts", statistics.workerRestarts());
        root.put("abandoned", statistics.abandoned());
        root.put("in_flight", statistics.inFlight());
        root.put("allocated_bytes", statistics.allocatedBytes());
        ObjectNode connections = root.putObject("connections");
        connections.put("open", statistics.connections().open());
        connections.put("accepted", statistics.connections().accepted());
        connections.put("refused", statistics.connections().refused());
        connections.put("pauses", statistics.connections().pauses());
        connections.put("unread", statistics.connections().unread());
        connections.put("slow_readers", statistics.connections().slowReaders());
        ObjectNode stages = root.putObject("stages");
        for (int i = 0; i < Stage.count(); i++) {
            put(stages.putObject(Stage.at(i).label()), statistics.stages().get(i));
        }
        put(root.putObject("service"), statistics.service());
        put(root.putObject("hiccups"), source.hiccups());
        ObjectNode environment = root.putObject("environment");
        environment.put("java", System.getProperty("java.runtime.version", "unknown"));
        environment.put(
                "options",
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(option -> option.startsWith("-X"))
                        .filter(option -> !option.startsWith("-XX:CompileCommand="))
                        .collect(Collectors.joining(" ")));
        environment.put("processors", Runtime.getRuntime().availableProcessors());
        root.set("process", Json.mapper().valueToTree(source.usage()));
        if (hasHistograms) {
            root.set("bands", Json.mapper().valueToTree(statistics.bands()));
        }
        ObjectNode values = root.putObject("gauges");
        for (Gauge gauge : source.gauges()) {
            String label = gauge.label().isEmpty() ? "" : "{" + gauge.label() + "}";
            values.put(gauge.name() + label, gauge.value());
        }
        return root;
    }

    private void put(ObjectNode node, Histogram histogram) {
        node.put("count", histogram.getTotalCount());
        node.put("mean_us", histogram.getMean() / NS_PER_US);
        node.put("p50_us", histogram.getValueAtPercentile(50) / NS_PER_US);
        node.put("p99_us", histogram.getValueAtPercentile(99) / NS_PER_US);
        node.put("p999_us", histogram.getValueAtPercentile(99.9) / NS_PER_US);
        node.put("max_us", histogram.getMaxValue() / NS_PER_US);
        if (hasHistograms) {
            node.put("histogram", PackedHistogram.pack(histogram));
        }
    }
}
