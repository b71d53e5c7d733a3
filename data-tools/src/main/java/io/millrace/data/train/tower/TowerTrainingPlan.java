package io.millrace.data.train.tower;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.tower.TowerShape;

/**
 * How to train the towers.
 *
 * @param shape sizes of the towers.
 * @param epochs passes over the users.
 * @param batch positives of a step; each is a negative for the others.
 * @param positivesPerUser most positives of a user in an epoch.
 * @param learningRate step size at the start; falls in a straight line to a tenth.
 * @param trendWeight how much the towers follow what is watched more often at the ends of histories
 *     than in all of them; 0 for not at all.
 * @param hardNegatives what the index finds for users and is a negative for a batch as well.
 * @param seed seed of weights and order.
 * @param threads how many threads; does not change the result.
 */
public record TowerTrainingPlan(
        TowerShape shape,
        int epochs,
        int batch,
        int positivesPerUser,
        float learningRate,
        float trendWeight,
        HardNegatives hardNegatives,
        long seed,
        int threads) {
    private static final int BATCH = 1_024;
    private static final int POSITIVES_PER_USER = 16;
    private static final float LEARNING_RATE = 3e-3f;
    private static final float TREND_WEIGHT = 0.6f;
    private static final float MOST_TREND_WEIGHT = 10;
    private static final long SMALL_EPOCH = 500_000;
    private static final long SMALL_TARGET = 2_600_000;
    private static final long LARGE_TARGET = 1_700_000;
    private static final int MOST_EPOCHS = 7;

    /** Validates. */
    public TowerTrainingPlan {
        check("tower-epochs", epochs, 1, 1_000);
        check("tower-batch", batch, 16, 8_192);
        check("positives-per-user", positivesPerUser, 1, 1_024);
        check("threads", threads, 1, 1_024);
        if (positivesPerUser * 2 > batch) {
            throw MillraceException.usage(
                    "a batch must hold two users: tower-batch=%d, positives-per-user=%d; choose a"
                            + " larger batch or fewer positives",
                    batch, positivesPerUser);
        }
        if (!(learningRate > 0) || learningRate > 1) {
            throw MillraceException.usage(
                    "bad learning rate of the towers: rate=%s; choose above 0, at most 1",
                    learningRate);
        }
        if (!(trendWeight >= 0) || trendWeight > MOST_TREND_WEIGHT) {
            throw MillraceException.usage(
                    "bad weight of the trend: tower-trend=%s, least=0, most=%s; change"
                            + " --tower-trend",
                    trendWeight, MOST_TREND_WEIGHT);
        }
    }

    /**
     * A plan that suits the size of a data set: few passes over many users, several over few.
     *
     * @param users count of users with a history.
     * @param seed seed of weights and order.
     * @param threads how many threads.
     * @return the plan.
     */
    public static TowerTrainingPlan defaults(long users, long seed, int threads) {
        long perEpoch = Math.max(1, users * POSITIVES_PER_USER);
        long target = perEpoch <= SMALL_EPOCH ? SMALL_TARGET : LARGE_TARGET;
        int epochs = Math.clamp(Math.round((double) target / perEpoch), 2, MOST_EPOCHS);
        return new TowerTrainingPlan(
                TowerShape.DEFAULT,
                epochs,
                BATCH,
                POSITIVES_PER_USER,
                LEARNING_RATE,
                TREND_WEIGHT,
                HardNegatives.NONE,
                seed,
                threads);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw MillraceException.usage(
                    "cannot train: %s=%d, least=%d, most=%d; change --%s",
                    name, value, least, most, name);
        }
    }
}
