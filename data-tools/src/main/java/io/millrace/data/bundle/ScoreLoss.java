package io.millrace.data.bundle;

import io.millrace.data.dataset.InteractionTable;

import java.util.function.LongToDoubleFunction;

/**
 * What rounding costs: how far scores of held-out impressions are from those of float32.
 *
 * @param impressions how many were compared, evenly spread over time.
 * @param largest the largest difference of two scores, NaN where there is no impression.
 * @param mean the mean difference, NaN where there is no impression.
 */
public record ScoreLoss(int impressions, double largest, double mean) {
    private static final int MOST_IMPRESSIONS = 1_000;

    /** Compares the scores that two models give to events of a table. */
    static ScoreLoss between(
            InteractionTable test, LongToDoubleFunction exact, LongToDoubleFunction rounded) {
        int sample = (int) Math.min(MOST_IMPRESSIONS, test.count());
        double largest = sample == 0 ? Double.NaN : 0;
        double sum = 0;
        for (int i = 0; i < sample; i++) {
            long event = i * test.count() / sample;
            double difference = Math.abs(rounded.applyAsDouble(event) - exact.applyAsDouble(event));
            largest = Math.max(largest, difference);
            sum += difference;
        }
        return new ScoreLoss(sample, largest, sum / sample);
    }
}
