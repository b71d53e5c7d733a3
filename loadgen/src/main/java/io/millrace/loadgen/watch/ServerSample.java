package io.millrace.loadgen.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.core.metrics.ProcessUsage;
import io.millrace.core.metrics.StageBand;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    /** Copies the lists. */
    public ServerSample {
        stages = new LinkedHashMap<>(stages);
        bands = List.copyOf(bands);
        environment = new LinkedHashMap<>(environment);
    }

    /** All that a page has. */
    static ServerSample of(ServerPage page) throws JsonProcessingException {
        JsonNode root = page.root();
        Map<String, Histogram> stages = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> stage : root.path("stages").properties()) {
            stages.put(stage.getKey(), ServerPage.histogram(stage.getValue()));
        }
        List<StageBand> bands = new ArrayList<>();
        for (JsonNode band : ServerPage.required(root, "bands")) {
            bands.add(Json.mapper().treeToValue(band, StageBand.class));
        }
        Map<String, String> environment = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> fact : root.path("environment").properties()) {
            environment.put(fact.getKey(), fact.getValue().asText());
        }
        return new ServerSample(
                page.uptimeSeconds(),
                page.usage(),
                page.answered(),
                page.refused(),
                root.path("degraded").asLong(),
                root.path("allocated_bytes").asLong(),
                ServerPage.histogram(ServerPage.required(root, "service")),
                page.hiccups(),
                stages,
                bands,
                environment);
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
