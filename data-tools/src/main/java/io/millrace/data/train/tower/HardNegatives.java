package io.millrace.data.train.tower;

import io.millrace.core.error.MillraceException;

/**
 * Which items become negatives of a batch beside its own: those that an index of the items, made of
 * the towers as they then are, finds for the users of the batch and they have not watched.
 *
 * @param count how many are drawn for a batch, 0 for none. It counts those of a batch and not of a
 *     user because that is what a step costs, however many users it has; they are shared out over
 *     them.
 * @param firstRank best rank that is taken, from 1, among what a user has not watched.
 * @param lastRank worst rank that is taken.
 * @param firstEpoch first pass that has them, from 1: the towers are to know something before.
 */
public record HardNegatives(int count, int firstRank, int lastRank, int firstEpoch) {
    private static final int FIRST_RANK = 100;
    private static final int LAST_RANK = 500;
    private static final int FIRST_EPOCH = 1;
    private static final int MOST = 4_096;
    private static final int MOST_RANK = 10_000;

    /** Each positive of a batch is a negative for the others, and there are no more. */
    public static final HardNegatives NONE =
            new HardNegatives(0, FIRST_RANK, LAST_RANK, FIRST_EPOCH);

    /** Validates. */
    public HardNegatives {
        if (count < 0 || count > MOST) {
            throw MillraceException.usage(
                    "cannot train: hard-negatives=%d, least=0, most=%d; change --hard-negatives",
                    count, MOST);
        }
        if (firstRank < 1 || lastRank < firstRank || lastRank > MOST_RANK) {
            throw MillraceException.usage(
                    "no such ranks of hard negatives: first=%d, last=%d, least=1, most=%d; choose"
                            + " a first one that is not behind the last",
                    firstRank, lastRank, MOST_RANK);
        }
        if (firstEpoch < 1) {
            throw MillraceException.usage(
                    "too early a pass for hard negatives: pass=%d, least=1", firstEpoch);
        }
    }

    /**
     * The same ranks and passes with another count.
     *
     * @param value how many are drawn for a batch.
     * @return a copy.
     */
    public HardNegatives withCount(int value) {
        return new HardNegatives(value, firstRank, lastRank, firstEpoch);
    }

    /** As many as the users of a batch have to give where each has the most positives. */
    int perUser(TowerTrainingPlan plan) {
        return Math.ceilDiv(count * plan.positivesPerUser(), plan.batch());
    }

    /** Whether negatives are mined at the beginning of a pass. */
    boolean isMinedBefore(int epoch) {
        return count > 0 && epoch >= firstEpoch;
    }
}
