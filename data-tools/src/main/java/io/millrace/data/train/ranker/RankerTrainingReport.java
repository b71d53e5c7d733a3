package io.millrace.data.train.ranker;

import io.millrace.core.metrics.Figures;

import java.util.List;

/**
 * What the training of the ranker did.
 *
 * @param events impressions it saw, over all epochs; teachers' are not counted.
 * @param losses mean log loss over consecutive twentieths of the training, before each batch was
 *     learnt from.
 * @param seconds wall time of the learning, that of teachers included.
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
     * How good the label of the largest weight is foretold.
     *
     * @param auc chance that a clicked one is scored above another; NaN where it is not known.
     * @param logLoss mean log loss; NaN where it is not known.
     */
    public record Quality(double auc, double logLoss) {
        /** Not measured. */
        static final Quality NONE = new Quality(Double.NaN, Double.NaN);

        /**
         * Whether it was measured.
         *
         * @return false where there was nothing to measure it by.
         */
        public boolean isKnown() {
            return !Double.isNaN(auc);
        }
    }

    /** The same with the time of what was learnt before. */
    RankerTrainingReport after(double secondsBefore) {
        return new RankerTrainingReport(
                events, losses, secondsBefore + seconds, trained, heldOut, tested);
    }

    /**
     * The report as figures.
     *
     * @param model what the keys begin with.
     * @return MODEL.events, MODEL.loss, MODEL.seconds, and MODEL.PART_auc, MODEL.PART_logloss where
     *     PART is train, holdout and test, as far as they are known.
     */
    public Figures figures(String model) {
        Figures figures =
                new Figures()
                        .put(model + ".events", events)
                        .put(model + ".loss", losses.getLast())
                        .put(model + ".seconds", seconds);
        put(figures, model + ".train", trained);
        put(figures, model + ".holdout", heldOut);
        put(figures, model + ".test", tested);
        return figures;
    }

    private static void put(Figures figures, String key, Quality quality) {
        if (quality.isKnown()) {
            figures.put(key + "_auc", quality.auc());
            figures.put(key + "_logloss", quality.logLoss());
        }
    }
}
