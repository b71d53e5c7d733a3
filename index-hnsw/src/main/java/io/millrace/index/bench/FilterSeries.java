package io.millrace.index.bench;

import io.millrace.core.error.MillraceException;

import java.util.List;

/**
 * Filters to search with.
 *
 * @param selectivities which part of the rows each accepts, above 0 up to 1; none measures none.
 * @param kind which rows those are.
 */
public record FilterSeries(List<Double> selectivities, Kind kind) {
    /** No filter. */
    public static final FilterSeries NONE = new FilterSeries(List.of(), Kind.RANDOM);

    /** Which rows a filter accepts. */
    public enum Kind {
        /** Any, the same for every query. */
        RANDOM,
        /** Those nearest to the query. */
        NEAR,
        /** Those farthest from the query. */
        FAR
    }

    /** Refuses what is no part. */
    public FilterSeries {
        selectivities = List.copyOf(selectivities);
        for (double each : selectivities) {
            if (!(each > 0 && each <= 1)) {
                throw MillraceException.usage(
                        "no such part of the rows: selectivity=%s, limit=above 0 to 1; change"
                                + " --selectivity",
                        each);
            }
        }
    }
}
