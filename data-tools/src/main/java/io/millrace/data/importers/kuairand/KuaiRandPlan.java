package io.millrace.data.importers.kuairand;

import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.data.importers.table.RatePlan;

import java.util.List;

/**
 * What is made of KuaiRand-Pure.
 *
 * @param rates how items are doing of late, as features; none leaves them out.
 * @param pooling how the ranker pools histories.
 * @param isTestTold whether rates count what comes of the impressions to test on, too.
 */
public record KuaiRandPlan(List<RatePlan> rates, HistoryPooling pooling, boolean isTestTold) {
    /** Without rates, the mean of every history. */
    public static final KuaiRandPlan PLAIN = new KuaiRandPlan(List.of(), HistoryPooling.MEAN, true);

    /** Copies. */
    public KuaiRandPlan {
        rates = List.copyOf(rates);
    }
}
