package io.millrace.data.train.ranker;

import io.millrace.core.metrics.Figures;

import java.util.List;

/**
 * What the training of the ranker did.
 *
 * @param events impressions it saw, over all epochs.
 * @param losses mean log loss over consecutive twentieths of the training, before each batch was
 *     learnt from.
 * @param seconds wall time.
 */
public record RankerTrainingReport(long events, List<Double> losses, double seconds) {
    /**
     * The report as figures.
     *
     * @return ranker.events, ranker.loss, ranker.seconds.
     */
    public Figures figures() {
        return new Figures()
                .put("ranker.events", events)
                .put("ranker.loss", losses.getLast())
                .put("ranker.seconds", seconds);
    }
}
