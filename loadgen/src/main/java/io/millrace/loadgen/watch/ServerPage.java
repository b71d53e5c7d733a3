package io.millrace.loadgen.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.core.metrics.PackedHistogram;
import io.millrace.core.metrics.ProcessUsage;

import org.HdrHistogram.Histogram;

import java.util.Map;
import java.util.Set;

/**
 * A page {@code /stats?histograms=1}, of which no more was read than is asked for each second. The
 * rest is half a megabyte when it is unpacked, which would have the generator collect garbage in
 * the middle of a run.
 *
 * @param root all of it.
 * @param uptimeSeconds since the server's begin.
 * @param usage of its process.
 * @param answered requests of any kind with OK.
 * @param refused requests because of overload, shutdown or deadline.
 * @param hiccups of its machine, in nanoseconds.
 */
record ServerPage(
        JsonNode root,
        double uptimeSeconds,
        ProcessUsage usage,
        long answered,
        long refused,
        Histogram hiccups) {
    private static final Set<String> REFUSALS =
            Set.of("OVERLOADED", "SHUTTING_DOWN", "DEADLINE_EXCEEDED");

    static ServerPage of(JsonNode root) throws JsonProcessingException {
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
        return new ServerPage(
                root,
                root.path("uptime_seconds").asDouble(),
                Json.mapper().treeToValue(required(root, "process"), ProcessUsage.class),
                answered,
                refused,
                histogram(required(root, "hiccups")));
    }

    static JsonNode required(JsonNode parent, String key) {
        JsonNode child = parent.get(key);
        if (child == null) {
            throw new IllegalArgumentException("no key '" + key + "'");
        }
        return child;
    }

    static Histogram histogram(JsonNode node) {
        return PackedHistogram.unpack(required(node, "histogram").asText());
    }

    /** Whether the other is of an earlier moment of the same process. */
    boolean follows(ServerPage before) {
        return uptimeSeconds >= before.uptimeSeconds && answered >= before.answered;
    }

    /** The longest hiccup since an earlier moment, in nanoseconds. */
    long longestHiccupSince(ServerPage before) {
        Histogram between = hiccups.copy();
        between.subtract(before.hiccups);
        return between.getMaxValue();
    }
}
