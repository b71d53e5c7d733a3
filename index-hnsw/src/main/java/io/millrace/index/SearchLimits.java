package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

/**
 * The most that the memory of a searching thread is made for.
 *
 * @param maxK the largest k, from 1.
 * @param maxEf the largest efSearch; taken as at least maxK.
 */
record SearchLimits(int maxK, int maxEf) {
    SearchLimits {
        if (maxK < 1 || maxEf < 1) {
            throw MillraceException.usage(
                    "no such search: max-k=%d, max-ef=%d, least=1; raise them", maxK, maxEf);
        }
        maxEf = Math.max(maxK, maxEf);
    }

    /** Refuses a search that asks for more. */
    @HotPath
    void check(int k, int efSearch) {
        if (k < 0 || k > maxK) {
            throw refused("k", k, maxK);
        }
        if (efSearch > maxEf) {
            throw refused("ef", efSearch, maxEf);
        }
    }

    private static MillraceException refused(String name, int value, int limit) {
        return MillraceException.of(
                value < 0 ? ErrorCode.USAGE : ErrorCode.LIMIT,
                "search asks for too much: %s=%d, limit=%d; ask for less or configure more",
                name,
                value,
                limit);
    }
}
