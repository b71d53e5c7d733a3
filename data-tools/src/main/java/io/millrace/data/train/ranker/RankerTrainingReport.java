package io.millrace.data.train.ranker;

import io.millrace.core.metrics.Figures;

import java.util.List;

/**
 * What the training of the ranker did.
 *
 * @param events impressions it saw, over all epochs.
 * @param losses mean log loss over consecutive twentieths of the training, before each batch was
 *     learnt from.
 * @param seconds wall time of the learning.
 * @param trained quality on the impressions learnt from last, before each batch was learnt from.
 * @param heldOut quality on the day that was held out, if one was.
 * @param tested quality on the impressions to test on, of very many on the last ones; nothing was
 *     chosen by it.
 */
public record RankerTrainingReport(
        long events,
        List<Double> losses,
        double seconds,
        Quality trained,
        Quality heldOut,
        Quality tested) {
    /**
     * How good clicks are foretold.
     *
     * @param auc chance that a clicked one is scored above another; NaN where it is not known.
     * @param logLoss mean log loss; NaN where it is not known.
     */
    public record Quality(double auc, double logLoss) {
        /** Not measured. */
        static final Quality NONE = new Quality(Double.NaN, Double.NaN);

        boolean isKnown() {
            return !Double.isNaN(auc);
        }
    }

    /**
     * The report as figures.
     *
     * @return ranker.events, ranker.loss, ranker.seconds, and ranker.PART_auc, ranker.PART_logloss
     *     where PART is train, holdout and test, as far as they are known.
     */
    public Figures figures() {
        Figures figures =
                new Figures()
                        .put("ranker.events", events)
                        .put("ranker.loss", losses.getLast())
                        .put("ranker.seconds", seconds);
        put(figures, "train", trained);
        put(figures, "holdout", heldOut);
        put(figures, "test", tested);
        return figures;
    }

    private static void put(Figures figures, String part, Quality quality) {
        if (quality.isKnown()) {
            figures.put("ranker." + part + "_auc", quality.auc());
            figures.put("ranker." + part + "_logloss", quality.logLoss());
        }
    }
}
