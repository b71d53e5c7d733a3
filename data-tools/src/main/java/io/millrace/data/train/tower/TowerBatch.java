package io.millrace.data.train.tower;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.HistoryInput;

import java.util.Arrays;

/**
 * Who and what the rows of a batch are: consecutive rows of one user form a group. Each row has a
 * column, that of its item; columns of further negatives stand behind them, each of an item that no
 * other column has.
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
    private final int[] excludedStarts;
    private int[] excluded;
    private int rows;
    private int columns;
    private int groups;

    /**
     * An empty batch.
     *
     * @param capacity most rows.
     * @param negatives most columns behind those of the rows.
     */
    TowerBatch(int capacity, int negatives) {
        int mostColumns = capacity + negatives;
        this.users = new int[capacity];
        this.positions = new int[capacity];
        this.items = new int[mostColumns];
        this.anonymous = new boolean[mostColumns];
        this.weights = new float[capacity];
        this.corrections = new float[mostColumns];
        this.groupStarts = new int[capacity + 1];
        this.groupOf = new int[capacity];
        this.nextOfItem = new int[capacity];
        this.buckets = new int[Integer.highestOneBit(mostColumns) * 4];
        this.excludedStarts = new int[capacity + 1];
        this.excluded = new int[mostColumns];
    }

    void clear() {
        rows = 0;
        columns = 0;
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

    /**
     * Ends the filling with rows: weights sum to 1, so that the loss is a mean, and rows find each
     * other.
     */
    void close() {
        columns = rows;
        normaliseWeights();
        linkGroups();
        linkItems();
        Arrays.fill(excludedStarts, 0, groups + 1, 0);
    }

    /**
     * Adds a column that is nobody's positive, to a closed batch; nothing where its item has a
     * column already.
     */
    void addNegative(int item, boolean isAnonymous, float correction) {
        int bucket = bucketOf(item);
        if (buckets[bucket] == NONE) {
            buckets[bucket] = columns;
            items[columns] = item;
            anonymous[columns] = isAnonymous;
            corrections[columns] = correction;
            columns++;
        }
    }

    /**
     * Notes, for each group, which of the columns behind those of the rows are of items that the
     * user has watched: these are no negatives.
     */
    void excludeWatched(RowTable table, HistoryInput history) {
        if (columns == rows) {
            return;
        }
        int count = 0;
        for (int group = 0; group < groups; group++) {
            excludedStarts[group] = count;
            long offset = table.offset(users[groupStarts[group]]);
            int length = history.length(table.segment(), offset);
            for (int i = 0; i < length; i++) {
                int column = buckets[bucketOf(history.item(table.segment(), offset, i))];
                if (column >= rows) {
                    if (count == excluded.length) {
                        excluded = Arrays.copyOf(excluded, 2 * count);
                    }
                    excluded[count++] = column;
                }
            }
        }
        excludedStarts[groups] = count;
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
        for (int row = 0; row < rows; row++) {
            int bucket = bucketOf(items[row]);
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

    /** Where the first column of an item stands, or would. */
    private int bucketOf(int item) {
        int mask = buckets.length - 1;
        int bucket = (int) SplitRandom.mix64(item) & mask;
        while (buckets[bucket] != NONE && items[buckets[bucket]] != item) {
            bucket = (bucket + 1) & mask;
        }
        return bucket;
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

    /** Rows, and the columns behind theirs. */
    int columns() {
        return columns;
    }

    /** Id in the table of items. */
    int item(int column) {
        return items[column];
    }

    boolean isAnonymous(int column) {
        return anonymous[column];
    }

    float weight(int row) {
        return weights[row];
    }

    /** What is taken off the logits of each column's item. */
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

    /**
     * Where the columns that are no negatives of a group begin, and behind them those of the next.
     */
    int excludedStart(int group) {
        return excludedStarts[group];
    }

    /** A column that is no negative of a group. */
    int excluded(int index) {
        return excluded[index];
    }

    int groupOf(int row) {
        return groupOf[row];
    }

    /** The next row of the same item, in the end the row itself. */
    int nextOfItem(int row) {
        return nextOfItem[row];
    }
}
