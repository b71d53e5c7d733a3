package io.millrace.data.train.tower;

import io.millrace.core.random.SplitRandom;

import java.util.Arrays;

/**
 * Who and what the rows of a batch are: consecutive rows of one user form a group.
 *
 * <p>Threading: filled by one thread, read by many.
 */
final class TowerBatch {
    private static final int NONE = -1;

    private final int[] users;
    private final int[] positions;
    private final int[] items;
    private final boolean[] anonymous;
    private final float[] weights;
    private final float[] corrections;
    private final int[] groupStarts;
    private final int[] groupOf;
    private final int[] nextOfItem;
    private final int[] buckets;
    private int rows;
    private int groups;

    TowerBatch(int capacity) {
        this.users = new int[capacity];
        this.positions = new int[capacity];
        this.items = new int[capacity];
        this.anonymous = new boolean[capacity];
        this.weights = new float[capacity];
        this.corrections = new float[capacity];
        this.groupStarts = new int[capacity + 1];
        this.groupOf = new int[capacity];
        this.nextOfItem = new int[capacity];
        this.buckets = new int[Integer.highestOneBit(capacity) * 4];
    }

    void clear() {
        rows = 0;
        groups = 0;
    }

    void add(
            int user, int position, int item, boolean isAnonymous, float weight, float correction) {
        users[rows] = user;
        positions[rows] = position;
        items[rows] = item;
        anonymous[rows] = isAnonymous;
        weights[rows] = weight;
        corrections[rows] = correction;
        rows++;
    }

    /** Ends the filling: weights sum to 1, so that the loss is a mean, and rows find each other. */
    void close() {
        normaliseWeights();
        linkGroups();
        linkItems();
    }

    private void linkGroups() {
        for (int row = 0; row < rows; row++) {
            if (row == 0 || users[row] != users[row - 1]) {
                groupStarts[groups++] = row;
            }
            groupOf[row] = groups - 1;
        }
        groupStarts[groups] = rows;
    }

    /** Rows of one item form a ring. */
    private void linkItems() {
        Arrays.fill(buckets, NONE);
        int mask = buckets.length - 1;
        for (int row = 0; row < rows; row++) {
            int bucket = (int) SplitRandom.mix64(items[row]) & mask;
            while (buckets[bucket] != NONE && items[buckets[bucket]] != items[row]) {
                bucket = (bucket + 1) & mask;
            }
            int other = buckets[bucket];
            if (other == NONE) {
                buckets[bucket] = row;
                nextOfItem[row] = row;
            } else {
                nextOfItem[row] = nextOfItem[other];
                nextOfItem[other] = row;
            }
        }
    }

    private void normaliseWeights() {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += weights[row];
        }
        for (int row = 0; row < rows; row++) {
            weights[row] = (float) (weights[row] / sum);
        }
    }

    int rows() {
        return rows;
    }

    int user(int row) {
        return users[row];
    }

    int position(int row) {
        return positions[row];
    }

    /** Id in the table of items. */
    int item(int row) {
        return items[row];
    }

    boolean isAnonymous(int row) {
        return anonymous[row];
    }

    float weight(int row) {
        return weights[row];
    }

    /** What is taken off the logits of each row's item. */
    float[] corrections() {
        return corrections;
    }

    int groups() {
        return groups;
    }

    /** First row of a user's; of the count of groups, the count of rows. */
    int groupStart(int group) {
        return groupStarts[group];
    }

    int groupOf(int row) {
        return groupOf[row];
    }

    /** The next row of the same item, in the end the row itself. */
    int nextOfItem(int row) {
        return nextOfItem[row];
    }
}
