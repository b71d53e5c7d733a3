package io.millrace.data.eval;

import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;

import java.util.Arrays;

/**
 * What a ranker has to beat, of each label, learned from the training impressions alone: one
 * probability for all, the smoothed rate of each item, logistic regression.
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
        LogisticRegression.Settings settings = LogisticRegression.Settings.defaults(plan.seed());
        for (ClickSample each : sample.ofEachLabel()) {
            add(figures, "constant", each, constant(dataset, each));
            add(figures, "popularity", each, popularity(dataset, each));
            add(figures, "logistic", each, logistic(dataset, each, settings, progress));
        }
    }

    private static void add(
            Figures figures, String name, ClickSample sample, float[] probabilities) {
        ClickMetrics.of(sample, probabilities)
                .addTo(figures, "baseline." + name + ".", sample.label());
    }

    private static float[] constant(Dataset dataset, ClickSample sample) {
        float[] probabilities = new float[sample.count()];
        Arrays.fill(probabilities, (float) rate(dataset.train(), sample.label()));
        return probabilities;
    }

    private static float[] popularity(Dataset dataset, ClickSample sample) {
        InteractionTable train = dataset.train();
        int[] shown = new int[dataset.items().count()];
        int[] hits = new int[shown.length];
        for (long i = 0; i < train.count(); i++) {
            shown[train.item(i)]++;
            hits[train.item(i)] += sample.label().holds(train, i) ? 1 : 0;
        }
        double prior = rate(train, sample.label()) * SMOOTHING;
        float[] probabilities = new float[sample.count()];
        for (int i = 0; i < probabilities.length; i++) {
            int item = dataset.test().item(sample.event(i));
            probabilities[i] = (float) ((hits[item] + prior) / (shown[item] + SMOOTHING));
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
                        sample.label(),
                        dataset.train().count(),
                        settings,
                        progress);
        float[] probabilities = new float[sample.count()];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = model.probability(dataset.test(), sample.event(i));
        }
        return probabilities;
    }

    private static double rate(InteractionTable table, Label label) {
        long hits = 0;
        for (long i = 0; i < table.count(); i++) {
            hits += label.holds(table, i) ? 1 : 0;
        }
        return table.count() == 0 ? 0.5 : (double) hits / table.count();
    }
}
