package io.millrace.data.importers.kuairand;

import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.data.importers.table.RatePlan;

import java.util.List;

/**
 * What is made of KuaiRand-Pure.
 *
 * @param rates how items are doing of late, as features; none leaves them out.
 * @param pooling how the ranker pools histories.
 */
public record KuaiRandPlan(List<RatePlan> rates, HistoryPooling pooling) {
    /** Without rates, the mean of every history. */
    public static final KuaiRandPlan PLAIN = new KuaiRandPlan(List.of(), HistoryPooling.MEAN);

    /** Copies. */
    public KuaiRandPlan {
        rates = List.copyOf(rates);
    }
}
