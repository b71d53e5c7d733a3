package io.millrace.data.importers.criteo;

import io.millrace.core.error.MillraceException;

/**
 * How a log becomes a data set.
 *
 * @param buckets how many ids the values of a category are hashed to.
 * @param days how many days the log spans; its rows are taken to be spread evenly over them, and
 *     those of the last day are to test on.
 */
public record CriteoPlan(int buckets, int days) {
    /** 32,768 ids a category, and the seven days of the challenge. */
    public static final CriteoPlan DEFAULT = new CriteoPlan(1 << 15, 7);

    private static final int MOST_BUCKETS = 1 << 24;
    private static final int LEAST_DAYS = 2;
    private static final int MOST_DAYS = 31;

    /** Validates. */
    public CriteoPlan {
        if (buckets < 1 || buckets > MOST_BUCKETS || days < LEAST_DAYS || days > MOST_DAYS) {
            throw MillraceException.usage(
                    "bad plan of an import: buckets=%d, limit=%d, days=%d, least=%d, most=%d;"
                            + " change --hash-size or --days",
                    buckets, MOST_BUCKETS, days, LEAST_DAYS, MOST_DAYS);
        }
    }
}
