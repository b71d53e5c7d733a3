package io.millrace.data.parity;

import io.millrace.core.log.LogDamage;
import io.millrace.ranker.features.FeatureScope;

import java.util.List;
import java.util.Map;

/**
 * What a comparison of rows has found.
 *
 * @param impressions that were looked at
 * @param rows compared, by scope
 * @param equal those that are the same bit for bit, by scope
 * @param told of the equal rows of users, those whose histories feedback or requests have changed
 *     since; these are not compared
 * @param toldRates rates of answered items, which feedback has made; these are not compared
 * @param laterItems answered items that came later than the bundle, whose rows are in no data set;
 *     these are not compared
 * @param first the first that are not
 * @param foreignFiles files of the log that another bundle answered, passed over
 * @param damage what of the log could not be read
 */
public record ParityReport(
        long impressions,
        Map<FeatureScope, Long> rows,
        Map<FeatureScope, Long> equal,
        long told,
        long toldRates,
        long laterItems,
        List<ParityDifference> first,
        int foreignFiles,
        LogDamage damage) {
    /** The rows that are compared: those of impressions have nothing but rates. */
    public static final List<FeatureScope> COMPARED =
            List.of(FeatureScope.USER, FeatureScope.CONTEXT, FeatureScope.ITEM);

    /** Copies the collections. */
    public ParityReport {
        rows = Map.copyOf(rows);
        equal = Map.copyOf(equal);
        first = List.copyOf(first);
    }

    /**
     * Rows of a scope that were compared.
     *
     * @param scope whose.
     * @return the count.
     */
    public long rows(FeatureScope scope) {
        return rows.getOrDefault(scope, 0L);
    }

    /**
     * Rows of a scope that are the same bit for bit.
     *
     * @param scope whose.
     * @return the count.
     */
    public long equal(FeatureScope scope) {
        return equal.getOrDefault(scope, 0L);
    }

    /**
     * Whether all rows are the same.
     *
     * @return false when one differs.
     */
    public boolean isParity() {
        return rows.equals(equal);
    }
}
