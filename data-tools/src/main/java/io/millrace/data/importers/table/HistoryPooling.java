package io.millrace.data.importers.table;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.SequencePooling;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * How the ranker pools the histories of users.
 *
 * @param byName the pooling of a history by its name; the mean of one that is not there.
 */
public record HistoryPooling(Map<String, SequencePooling> byName) {
    /** The mean of every history. */
    public static final HistoryPooling MEAN = new HistoryPooling(Map.of());

    private static final List<String> HISTORIES = List.of("watched", "long_watched", "liked");

    /** Validates and copies. */
    public HistoryPooling {
        byName = Map.copyOf(byName);
        for (String name : byName.keySet()) {
            if (!HISTORIES.contains(name)) {
                throw MillraceException.badInput(
                        "no such sequence to pool: pooling=%s, known=%s; correct the key",
                        name, HISTORIES);
            }
        }
    }

    /**
     * How a history is pooled.
     *
     * @param history its name.
     * @return the pooling, or null for the mean.
     */
    public @Nullable SequencePooling of(String history) {
        return byName.get(history);
    }
}
