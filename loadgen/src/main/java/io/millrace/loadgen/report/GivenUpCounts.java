package io.millrace.loadgen.report;

import io.millrace.core.metrics.Figures;

import java.util.List;

/**
 * What OK answers said was given up to answer in time.
 *
 * @param byBit how many answers had each bit of {@code DegradedFlags}, the lowest first.
 */
public record GivenUpCounts(List<Long> byBit) {
    /** Nothing was given up. */
    public static final GivenUpCounts NONE = new GivenUpCounts(List.of(0L, 0L, 0L, 0L, 0L, 0L));

    /** Of the bits, the lowest first. */
    private static final List<String> LABELS =
            List.of(
                    "narrow_search",
                    "fewer_candidates",
                    "shallow_ranking",
                    "no_ranking",
                    "no_rules",
                    "light_ranking");

    /** Copies the list. */
    public GivenUpCounts {
        byBit = List.copyOf(byBit);
    }

    /** How many bits have a meaning. */
    static int bits() {
        return LABELS.size();
    }

    /**
     * All figures by flat keys.
     *
     * @return a new object, {@code degraded.} before each key.
     */
    public Figures figures() {
        Figures figures = new Figures();
        for (int bit = 0; bit < LABELS.size(); bit++) {
            figures.put("degraded." + LABELS.get(bit), byBit.get(bit));
        }
        return figures;
    }
}
