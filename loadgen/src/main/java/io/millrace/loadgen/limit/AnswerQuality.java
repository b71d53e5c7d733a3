package io.millrace.loadgen.limit;

import io.millrace.core.metrics.Figures;

import java.util.OptionalDouble;

/**
 * How good the sampled answers of a run are.
 *
 * @param recall part of the items found by exact search that searches found; empty where it was not
 *     judged.
 * @param ndcg10 of recommendations; empty where it was not judged.
 * @param unloadedNdcg10 of what the same users are answered when nobody else asks.
 */
public record AnswerQuality(
        OptionalDouble recall, OptionalDouble ndcg10, OptionalDouble unloadedNdcg10) {
    /** Nothing was judged. */
    public static final AnswerQuality UNJUDGED =
            new AnswerQuality(
                    OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

    /**
     * Part of the NDCG that load has cost.
     *
     * @return 0 where nothing is lost, negative where something was won; empty where it was not
     *     judged.
     */
    public OptionalDouble ndcgLoss() {
        if (ndcg10.isEmpty() || unloadedNdcg10.isEmpty()) {
            return OptionalDouble.empty();
        }
        double unloaded = unloadedNdcg10.getAsDouble();
        return OptionalDouble.of(unloaded == 0 ? 0 : 1 - ndcg10.getAsDouble() / unloaded);
    }

    /**
     * All figures by flat keys; what was not judged is no number.
     *
     * @return a new object.
     */
    public Figures figures() {
        return new Figures()
                .put("recall", recall.orElse(Double.NaN))
                .put("ndcg10", ndcg10.orElse(Double.NaN))
                .put("ndcg10.unloaded", unloadedNdcg10.orElse(Double.NaN))
                .put("ndcg10.loss", ndcgLoss().orElse(Double.NaN));
    }
}
