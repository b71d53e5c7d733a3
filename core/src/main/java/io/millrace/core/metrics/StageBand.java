package io.millrace.core.metrics;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the time went of those requests that took about equally long: percentiles of stages do not
 * add up to those of the whole, but the means of requests around a percentile do.
 *
 * @param band by how long they took, a quarter of an octave wide; see {@link #of}.
 * @param count requests.
 * @param serviceNs all their time.
 * @param stagesNs the time of all of them by stage, in the order of the stages.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true) // Of a later server.
public record StageBand(int band, long count, long serviceNs, Map<String, Long> stagesNs) {
    /** How many bands there are. */
    public static final int COUNT = 160;

    private static final int BANDS_PER_OCTAVE = 4;
    private static final int BITS = 2;

    /** Copies the map. */
    public StageBand {
        stagesNs = new LinkedHashMap<>(stagesNs);
    }

    /**
     * The band of a time.
     *
     * @param ns the time.
     * @return 0 to {@link #COUNT} - 1; a longer time is never in an earlier band.
     */
    public static int of(long ns) {
        if (ns < BANDS_PER_OCTAVE) {
            return (int) Math.max(0, ns);
        }
        int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(ns);
        int part = (int) (ns >>> (octave - BITS)) & (BANDS_PER_OCTAVE - 1);
        return Math.min(COUNT - 1, octave * BANDS_PER_OCTAVE + part);
    }

    /**
     * What came between two moments.
     *
     * @param before the same band at the earlier one.
     * @return differences.
     */
    public StageBand since(StageBand before) {
        Map<String, Long> stages = new LinkedHashMap<>();
        stagesNs.forEach(
                (stage, ns) -> stages.put(stage, ns - before.stagesNs.getOrDefault(stage, 0L)));
        return new StageBand(band, count - before.count, serviceNs - before.serviceNs, stages);
    }
}
