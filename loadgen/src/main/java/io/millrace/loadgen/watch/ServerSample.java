package io.millrace.loadgen.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.core.metrics.PackedHistogram;
import io.millrace.core.metrics.ProcessUsage;
import io.millrace.core.metrics.StageBand;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a server has counted and timed: up to a moment, or between two of them. Times are in
 * nanoseconds.
 *
 * @param uptimeSeconds since its begin, or between the moments.
 * @param usage of its process.
 * @param answered requests of any kind with OK.
 * @param refused requests because of overload, shutdown or deadline.
 * @param degraded requests for which something was given up.
 * @param servingBytes allocated by the threads that serve requests.
 * @param service from the arrival of a request to its answer's encoding.
 * @param hiccups of its machine.
 * @param stages times by stage, in their order.
 * @param bands times by stage of requests that took about equally long.
 * @param environment its version, Java and options, by name.
 */
public record ServerSample(
        double uptimeSeconds,
        ProcessUsage usage,
        long answered,
        long refused,
        long degraded,
        long servingBytes,
        Histogram service,
        Histogram hiccups,
        Map<String, Histogram> stages,
        List<StageBand> bands,
        Map<String, String> environment) {
    private static final Set<String> REFUSALS =
            Set.of("OVERLOADED", "SHUTTING_DOWN", "DEADLINE_EXCEEDED");

    /** Copies the lists. */
    public ServerSample {
        stages = new LinkedHashMap<>(stages);
        bands = List.copyOf(bands);
        environment = new LinkedHashMap<>(environment);
    }

    /** Of a page {@code /stats?histograms=1}. */
    static ServerSample of(JsonNode root) throws JsonProcessingException {
        long answered = 0;
        long refused = 0;
        for (Map.Entry<String, JsonNode> outcome : root.path("requests").properties()) {
            String status = outcome.getKey().substring(outcome.getKey().lastIndexOf('.') + 1);
            if (status.equals("OK")) {
                answered += outcome.getValue().asLong();
            } else if (REFUSALS.contains(status)) {
                refused += outcome.getValue().asLong();
            }
        }
        Map<String, Histogram> stages = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> stage : root.path("stages").properties()) {
            stages.put(stage.getKey(), histogram(stage.getValue()));
        }
        List<StageBand> bands = new ArrayList<>();
        for (JsonNode band : required(root, "bands")) {
            bands.add(Json.mapper().treeToValue(band, StageBand.class));
        }
        Map<String, String> environment = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> fact : root.path("environment").properties()) {
            environment.put(fact.getKey(), fact.getValue().asText());
        }
        return new ServerSample(
                root.path("uptime_seconds").asDouble(),
                Json.mapper().treeToValue(required(root, "process"), ProcessUsage.class),
                answered,
                refused,
                root.path("degraded").asLong(),
                root.path("allocated_bytes").asLong(),
                histogram(required(root, "service")),
                histogram(required(root, "hiccups")),
                stages,
                bands,
                environment);
    }

    private static JsonNode required(JsonNode parent, String key) {
        JsonNode child = parent.get(key);
        if (child == null) {
            throw new IllegalArgumentException("no key '" + key + "'");
        }
        return child;
    }

    private static Histogram histogram(JsonNode node) {
        return PackedHistogram.unpack(required(node, "histogram").asText());
    }

    /** Whether the other is of an earlier moment of the same process. */
    boolean follows(ServerSample before) {
        return uptimeSeconds >= before.uptimeSeconds
                && answered >= before.answered
                && service.getTotalCount() >= before.service.getTotalCount();
    }

    /** What came between two moments, of which the other is the earlier one. */
    ServerSample since(ServerSample before) {
        Map<String, Histogram> newStages = new LinkedHashMap<>();
        stages.forEach(
                (stage, times) -> {
                    Histogram old = before.stages.get(stage);
                    newStages.put(stage, old == null ? times : difference(times, old));
                });
        Map<Integer, StageBand> oldBands = new LinkedHashMap<>();
        before.bands.forEach(band -> oldBands.put(band.band(), band));
        List<StageBand> newBands = new ArrayList<>();
        for (StageBand band : bands) {
            StageBand old = oldBands.get(band.band());
            newBands.add(old == null ? band : band.since(old));
        }
        return new ServerSample(
                uptimeSeconds - before.uptimeSeconds,
                usage.since(before.usage),
                answered - before.answered,
                refused - before.refused,
                degraded - before.degraded,
                servingBytes - before.servingBytes,
                difference(service, before.service),
                difference(hiccups, before.hiccups),
                newStages,
                newBands,
                environment);
    }

    private static Histogram difference(Histogram after, Histogram before) {
        Histogram difference = after.copy();
        difference.subtract(before);
        return difference;
    }
}
