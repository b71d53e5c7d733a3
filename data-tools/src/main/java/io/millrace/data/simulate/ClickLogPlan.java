package io.millrace.data.simulate;

import io.millrace.core.error.MillraceException;

/**
 * What log of shown ads to simulate.
 *
 * @param rows count of impressions.
 * @param seed seed of law and rows.
 */
public record ClickLogPlan(long rows, long seed) {
    /** Validates. */
    public ClickLogPlan {
        if (rows < 1) {
            throw MillraceException.usage(
                    "nothing to simulate: rows=%d, least=1; raise --rows", rows);
        }
    }
}
