package io.millrace.loadgen.plan;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;
import io.millrace.loadgen.change.Shares;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Filters that requests bring along: by turns of chance, those that recommend, find similar items
 * and search.
 *
 * <p>Threading: immutable.
 *
 * @param texts predicates over attributes of items; may be empty where none is brought.
 * @param share of those requests that bring one, 0 to 1.
 */
public record RequestFilters(List<String> texts, double share) {
    /** No request brings one. */
    public static final RequestFilters NONE = new RequestFilters(List.of(), 0);

    /** Of a request that brings none. */
    public static final int NO_FILTER = -1;

    /** How many variants of a request there are. */
    private static final double VARIANTS = 1.0 + Integer.MAX_VALUE;

    /** Checks every value. */
    public RequestFilters {
        texts = List.copyOf(texts);
        Shares.require("filterShare", share);
        if (share > 0 && texts.isEmpty()) {
            throw MillraceException.usage(
                    "no filter to ask with: filterShare=%s; give filters", share);
        }
        for (String text : texts) {
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (text.isBlank() || bytes > WireLimits.MAX_FILTER_BYTES) {
                throw MillraceException.usage(
                        "out of range: bytes=%d of a filter, limit=1 to %d, not blank; change it",
                        bytes, WireLimits.MAX_FILTER_BYTES);
            }
        }
    }

    /**
     * The filter that a request brings.
     *
     * @param variant of the request, not negative.
     * @return its text, or null where it brings none.
     */
    public @Nullable String text(int variant) {
        int place = pick(variant);
        return place == NO_FILTER ? null : texts.get(place);
    }

    /**
     * Which filter a request brings.
     *
     * @param variant of the request, not negative.
     * @return its place, or {@link #NO_FILTER}.
     */
    @HotPath
    public int pick(int variant) {
        return variant < share * VARIANTS ? variant % texts.size() : NO_FILTER;
    }
}
