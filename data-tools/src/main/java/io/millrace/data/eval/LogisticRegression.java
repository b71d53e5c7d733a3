package io.millrace.data.eval;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;

/**
 * Logistic regression over {@link OneHotFeatures}, the baseline a ranker has to beat: trained one
 * impression at a time with AdaGrad steps (Duchi, Hazan, Singer 2011) and L2 on the weights of the
 * features that occur.
 *
 * <p>Threading: one thread.
 */
final class LogisticRegression {
    /**
     * How it is trained.
     *
     * @param epochs passes over the impressions.
     * @param step size of the first step.
     * @param l2 pull of a weight towards 0 at each of its impressions.
     * @param limit most impressions looked at over all passes; the earliest are left out.
     * @param seed decides their order.
     */
    record Settings(int epochs, double step, double l2, long limit, long seed) {
        static Settings defaults(long seed) {
            return new Settings(5, 0.03, 0.002, 2_000_000, seed);
        }
    }

    private static final double EPSILON = 1e-8;

    private final OneHotFeatures features;
    private final float[] weights;
    private final float[] squares;
    private double bias;
    private double biasSquares;

    private LogisticRegression(OneHotFeatures features) {
        this.features = features;
        this.weights = new float[features.dimension()];
        this.squares = new float[features.dimension()];
    }

    /** Trains on the first impressions of a table, of those at most the latest the limit allows. */
    static LogisticRegression train(
            OneHotFeatures features,
            InteractionTable table,
            Label label,
            long count,
            Settings settings,
            ProgressListener progress) {
        LogisticRegression model = new LogisticRegression(features);
        int perEpoch = (int) Math.min(count, Math.min(settings.limit(), 1 << 30));
        int epochs = Math.clamp(settings.limit() / Math.max(1, perEpoch), 1, settings.epochs());
        int[] order = new int[perEpoch];
        SplitRandom random = new SplitRandom(settings.seed());
        try (ProgressListener.Stage stage =
                progress.start("train logistic regression", (long) epochs * perEpoch)) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                shuffle(order, random);
                for (int i = 0; i < perEpoch; i++) {
                    model.learn(table, label, count - perEpoch + order[i], settings);
                }
                stage.advance(perEpoch);
            }
        }
        return model;
    }

    float probability(InteractionTable table, long event) {
        features.read(table, event);
        return (float) (1 / (1 + Math.exp(-logit())));
    }

    private void learn(InteractionTable table, Label label, long event, Settings settings) {
        features.read(table, event);
        double error = 1 / (1 + Math.exp(-logit())) - (label.holds(table, event) ? 1 : 0);
        biasSquares += error * error;
        bias -= settings.step() * error / (Math.sqrt(biasSquares) + EPSILON);
        for (int i = 0; i < features.count(); i++) {
            int at = features.index(i);
            double gradient = error * features.value(i) + settings.l2() * weights[at];
            squares[at] += (float) (gradient * gradient);
            weights[at] -=
                    (float) (settings.step() * gradient / (Math.sqrt(squares[at]) + EPSILON));
        }
    }

    private double logit() {
        double sum = bias;
        for (int i = 0; i < features.count(); i++) {
            sum += weights[features.index(i)] * features.value(i);
        }
        return sum;
    }

    private static void shuffle(int[] order, SplitRandom random) {
        for (int i = 0; i < order.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
    }
}
