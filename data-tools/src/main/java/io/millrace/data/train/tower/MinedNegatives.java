package io.millrace.data.train.tower;

import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.ranker.features.FeatureField;

import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * The hard negatives of a pass: a few items for each user, and what is then taken off the logits of
 * items, which are in a batch more often than without.
 *
 * <p>Threading: immutable once filled. Allocation: none after construction.
 */
final class MinedNegatives {
    private final int count;
    private final int perUser;
    private final int[] items;
    private final float[] corrections;

    /**
     * What was mined.
     *
     * @param count how many are drawn for a batch.
     * @param perUser places of a user.
     * @param items ids, those of a user one after the other, and {@link FeatureField#MISSING} in
     *     places that are left over.
     * @param corrections what is taken off the logit of an item, by its id.
     */
    MinedNegatives(int count, int perUser, int[] items, float[] corrections) {
        this.count = count;
        this.perUser = perUser;
        this.items = items;
        this.corrections = corrections;
    }

    /** Nothing for anybody. */
    static MinedNegatives none(float[] corrections) {
        return new MinedNegatives(0, 0, new int[0], corrections);
    }

    /** Room for what was mined before, to be filled by {@link #walk}. */
    static MinedNegatives ofPlaces(int places, int itemRows, TowerTrainingPlan plan) {
        return new MinedNegatives(
                plan.hardNegatives().count(),
                plan.hardNegatives().perUser(plan),
                new int[places],
                new float[itemRows]);
    }

    /** All that is to be kept of them. */
    void walk(TrainingState state) {
        state.part("mined.items", MemorySegment.ofArray(items));
        state.floats("mined.corrections", corrections);
    }

    /** Places of all users. */
    int places() {
        return items.length;
    }

    /** What is taken off the logit of an item. */
    float correction(int item) {
        return corrections[item];
    }

    /** Gives what is drawn for the users of a closed batch, as evenly as it can be shared out. */
    void draw(TowerBatch batch, IntConsumer item) {
        int users = batch.groups();
        for (int group = 0; group < users; group++) {
            long before = (long) count * group / users;
            long share = (long) count * (group + 1) / users - before;
            int at = batch.user(batch.groupStart(group)) * perUser;
            for (int i = at; i < at + Math.min(share, perUser); i++) {
                if (items[i] != FeatureField.MISSING) {
                    item.accept(items[i]);
                }
            }
        }
    }
}
