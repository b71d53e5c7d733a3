package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

/** What the searches of all indexes share: limits before, results after. */
final class SearchAnswer {
    private SearchAnswer() {}

    /** How many rows are to be found. */
    @HotPath
    static int wanted(SearchScratch scratch, int k, int efSearch, int rows) {
        if (k < 0 || k > scratch.maxK() || efSearch > scratch.maxEf()) {
            throw MillraceException.usage(
                    "a search beyond its scratch: k=%d of %d, efSearch=%d of %d; make a larger"
                            + " scratch",
                    k, scratch.maxK(), efSearch, scratch.maxEf());
        }
        return Math.min(k, rows);
    }

    /** Copies the best rows of a beam; returns how many. */
    @HotPath
    static int copy(Beam beam, int wanted, int[] ordinals, float[] scores) {
        int count = Math.min(wanted, beam.size());
        for (int i = 0; i < count; i++) {
            ordinals[i] = beam.ordinal(i);
            scores[i] = -beam.distance(i);
        }
        return count;
    }
}
