package io.millrace.data.train.tower;

import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.HistoryInput;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The users of a data set that have positives, in an order that changes with each pass, and the
 * batches that are drawn from them. What is drawn follows from the seed and the passes before.
 *
 * <p>Threading: one thread.
 */
final class PositiveDraws {
    private static final float SHORT_VIEW_WEIGHT = 0.3f;
    private static final float ANONYMOUS_SHARE = 0.1f;
    private static final float NEWCOMER_SHARE = 0.05f;
    private static final long ORDER_STREAM = 1L << 41;

    private final RowTable rows;
    private final HistoryInput history;
    private final TowerTrainingPlan plan;
    private final int[] users;
    private final int[] positions;
    private SplitRandom random = new SplitRandom(0);
    private SplitRandom anonymous = new SplitRandom(0);
    private int next;

    /**
     * Nothing drawn yet.
     *
     * @throws MillraceException BAD_INPUT when fewer than two users have a history.
     */
    PositiveDraws(Dataset dataset, HistoryInput history, TowerTrainingPlan plan) {
        this.rows = dataset.users();
        this.history = history;
        this.plan = plan;
        this.users = usersWithPositives(rows, history);
        this.positions = new int[history.maxLength()];
    }

    private static int[] usersWithPositives(RowTable users, HistoryInput history) {
        int[] result = new int[users.count()];
        int count = 0;
        for (int user = 0; user < users.count(); user++) {
            if (history.length(users.segment(), users.offset(user)) > 1) {
                result[count++] = user;
            }
        }
        if (count < 2) {
            throw MillraceException.badInput(
                    "too few histories to train towers: users with two or more watched items=%d,"
                            + " least=2",
                    count);
        }
        return Arrays.copyOf(result, count);
    }

    /** Live: all users that have positives, in the order of the pass. */
    int[] users() {
        return users;
    }

    /** How many positives a pass has. */
    long count() {
        long sum = 0;
        for (int user : users) {
            int length = history.length(rows.segment(), rows.offset(user));
            sum += Math.min(plan.positivesPerUser(), length - 1);
        }
        return sum;
    }

    /** Begins a pass: the order of the one before is shuffled. */
    void begin(int epoch) {
        SplitRandom order = SplitRandom.forStream(plan.seed(), ORDER_STREAM + epoch);
        for (int i = users.length - 1; i > 0; i--) {
            int j = order.nextInt(i + 1);
            int swapped = users[i];
            users[i] = users[j];
            users[j] = swapped;
        }
        random = SplitRandom.forStream(plan.seed(), ORDER_STREAM * 2 + epoch);
        // Of its own, so that the same positives are drawn with hard negatives and without.
        anonymous = SplitRandom.forStream(plan.seed(), ORDER_STREAM * 4 + epoch);
        next = 0;
    }

    /**
     * Fills the batch with whole users, and with what was mined for them; false when less than two
     * are left.
     */
    boolean fill(TowerBatch batch, MinedNegatives mined) {
        batch.clear();
        while (next < users.length) {
            int user = users[next];
            long offset = rows.offset(user);
            MemorySegment segment = rows.segment();
            int length = history.length(segment, offset);
            int count = Math.min(plan.positivesPerUser(), length - 1);
            if (batch.rows() + count > plan.batch()) {
                break;
            }
            drawPositions(length, count);
            boolean isNewcomer = random.nextFloat() < NEWCOMER_SHARE;
            for (int i = 0; i < count; i++) {
                int item = history.item(segment, offset, positions[i]);
                float weight = history.isLong(segment, offset, item) ? 1 : SHORT_VIEW_WEIGHT;
                batch.add(
                        user,
                        isNewcomer ? 0 : positions[i],
                        item,
                        random.nextFloat() < ANONYMOUS_SHARE,
                        weight,
                        mined.correction(item));
            }
            next++;
        }
        batch.close();
        mined.draw(
                batch,
                item ->
                        batch.addNegative(
                                item,
                                anonymous.nextFloat() < ANONYMOUS_SHARE,
                                mined.correction(item)));
        batch.excludeWatched(rows, history);
        // A user alone has no negatives.
        return batch.groups() > 1;
    }

    /** Chooses positions 1..length-1 without repetition, in rising order (selection sampling). */
    private void drawPositions(int length, int count) {
        int chosen = 0;
        for (int position = 1; position < length && chosen < count; position++) {
            int left = length - position;
            if (random.nextInt(left) < count - chosen) {
                positions[chosen++] = position;
            }
        }
    }
}
