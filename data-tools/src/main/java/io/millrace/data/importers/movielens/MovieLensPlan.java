package io.millrace.data.importers.movielens;

import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.data.importers.table.SplitPlan;

/**
 * How ratings become impressions.
 *
 * @param positive the least rating that counts as a click and a long view.
 * @param split how they are parted by time.
 * @param pooling how the ranker pools histories.
 */
public record MovieLensPlan(double positive, SplitPlan split, HistoryPooling pooling) {
    /** The highest rating. */
    static final double BEST_RATING = 5;

    /** Four and more is a click. */
    public static final MovieLensPlan DEFAULT =
            new MovieLensPlan(4, SplitPlan.DEFAULT, HistoryPooling.MEAN);

    /** Validates. */
    public MovieLensPlan {
        if (!(positive > 0) || !(positive <= BEST_RATING)) {
            throw MillraceException.usage(
                    "bad least rating of a click: positive=%s, limit=%s; choose above 0 and at most"
                            + " the limit",
                    positive, BEST_RATING);
        }
    }
}
