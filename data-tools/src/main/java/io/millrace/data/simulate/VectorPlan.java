package io.millrace.data.simulate;

import io.millrace.core.error.MillraceException;

/**
 * What vectors to simulate.
 *
 * @param count rows to index.
 * @param queries rows of the same law to search for.
 * @param k true neighbours of each query.
 * @param dimension numbers per row.
 * @param seed seed of the law and the rows.
 * @param threads how many threads to use; does not change the result.
 */
public record VectorPlan(int count, int queries, int k, int dimension, long seed, int threads) {
    private static final int MOST_ROWS = 200_000_000;
    private static final int LARGEST_DIMENSION = 65_536;

    /** Validates. */
    public VectorPlan {
        check("n", count, 1, MOST_ROWS);
        check("queries", queries, 1, MOST_ROWS);
        check("k", k, 1, count);
        check("dimension", dimension, 1, LARGEST_DIMENSION);
        check("threads", threads, 1, 1_024);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw MillraceException.usage(
                    "out of range: --%s=%d, limit=%d to %d; change --%s",
                    name, value, least, most, name);
        }
    }
}
