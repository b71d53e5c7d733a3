package io.millrace.data.eval;

import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;

import java.util.Arrays;

/**
 * What a ranker has to beat, learned from the training impressions alone: one probability for all,
 * the smoothed click rate of each item, logistic regression.
 */
final class ClickBaselines {
    /** As many impressions of average success are added to those of every item. */
    private static final double SMOOTHING = 20;

    private ClickBaselines() {}

    static void addTo(
            Figures figures,
            Dataset dataset,
            ClickSample sample,
            EvaluationPlan plan,
            ProgressListener progress) {
        ClickMetrics.of(sample, constant(dataset, sample)).addTo(figures, "baseline.constant.");
        ClickMetrics.of(sample, popularity(dataset, sample)).addTo(figures, "baseline.popularity.");
        LogisticRegression.Settings settings = LogisticRegression.Settings.defaults(plan.seed());
        ClickMetrics.of(sample, logistic(dataset, sample, settings, progress))
                .addTo(figures, "baseline.logistic.");
    }

    private static float[] constant(Dataset dataset, ClickSample sample) {
        float[] probabilities = new float[sample.count()];
        Arrays.fill(probabilities, (float) clickRate(dataset.train()));
        return probabilities;
    }

    private static float[] popularity(Dataset dataset, ClickSample sample) {
        InteractionTable train = dataset.train();
        int[] shown = new int[dataset.items().count()];
        int[] clicked = new int[shown.length];
        for (long i = 0; i < train.count(); i++) {
            shown[train.item(i)]++;
            clicked[train.item(i)] += train.isClick(i) ? 1 : 0;
        }
        double prior = clickRate(train) * SMOOTHING;
        float[] probabilities = new float[sample.count()];
        for (int i = 0; i < probabilities.length; i++) {
            int item = dataset.test().item(sample.event(i));
            probabilities[i] = (float) ((clicked[item] + prior) / (shown[item] + SMOOTHING));
        }
        return probabilities;
    }

    private static float[] logistic(
            Dataset dataset,
            ClickSample sample,
            LogisticRegression.Settings settings,
            ProgressListener progress) {
        LogisticRegression model =
                LogisticRegression.train(
                        new OneHotFeatures(dataset.schema(), dataset.users(), dataset.items()),
                        dataset.train(),
                        dataset.train().count(),
                        settings,
                        progress);
        float[] probabilities = new float[sample.count()];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = model.probability(dataset.test(), sample.event(i));
        }
        return probabilities;
    }

    private static double clickRate(InteractionTable table) {
        long clicks = 0;
        for (long i = 0; i < table.count(); i++) {
            clicks += table.isClick(i) ? 1 : 0;
        }
        return table.count() == 0 ? 0.5 : (double) clicks / table.count();
    }
}
