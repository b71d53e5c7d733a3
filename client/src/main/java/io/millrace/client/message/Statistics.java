package io.millrace.client.message;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a server has counted and timed.
 *
 * @param fingerprint of the bundle that is served.
 * @param uptimeNs since the start of the server.
 * @param samples numbers by their names with labels, as in {@code
 *     requests_total{kind="rank",status="ok"}}, in the order of the page of metrics; times are in
 *     seconds.
 */
public record Statistics(long fingerprint, long uptimeNs, Map<String, Double> samples) {
    /** Copies the map, in its order. */
    public Statistics {
        samples = Collections.unmodifiableMap(new LinkedHashMap<>(samples));
    }
}
