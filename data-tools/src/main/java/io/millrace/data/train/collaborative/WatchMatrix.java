package io.millrace.data.train.collaborative;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.SeenItems;
import io.millrace.ranker.factors.WatchWeights;
import io.millrace.ranker.features.RowTable;

import java.util.Arrays;

/**
 * Who watched what, by rows: those of row r stand from {@code starts[r]} up to {@code starts[r +
 * 1]}.
 *
 * @param starts where each row begins, and behind the last its end.
 * @param columns ordinals of the other side.
 * @param weights c of each pair.
 */
@SuppressWarnings("ArrayRecordComponent")
record WatchMatrix(int[] starts, int[] columns, float[] weights) {

    /** A row for each user of a data set: what was watched, and how much it counts. */
    static WatchMatrix weighed(Dataset dataset, float longWeight) {
        RowTable users = dataset.users();
        WatchWeights watched = new WatchWeights(dataset.schema(), longWeight);
        Builder rows = new Builder(users.count());
        for (int user = 0; user < users.count(); user++) {
            watched.read(users.segment(), users.offset(user));
            rows.add(watched.items(), watched.weights(), watched.count());
        }
        return rows.build();
    }

    /** A row for each user of a data set: what is in the watch history, all of it weighing 1. */
    static WatchMatrix plain(Dataset dataset) {
        SeenItems seen = new SeenItems(dataset.schema(), dataset.users());
        Builder rows = new Builder(dataset.users().count());
        for (int user = 0; user < dataset.users().count(); user++) {
            int[] watched = seen.watched(user);
            float[] weights = new float[watched.length];
            Arrays.fill(weights, 1);
            rows.add(watched, weights, watched.length);
        }
        return rows.build();
    }

    /** The same with a row for each column. */
    WatchMatrix transposed(int columnCount) {
        int[] counts = new int[columnCount + 1];
        for (int column : columns) {
            counts[column + 1]++;
        }
        Arrays.parallelPrefix(counts, Integer::sum);
        int[] next = counts.clone();
        WatchMatrix result =
                new WatchMatrix(counts, new int[columns.length], new float[columns.length]);
        for (int row = 0; row < rows(); row++) {
            for (int i = starts[row]; i < starts[row + 1]; i++) {
                int at = next[columns[i]]++;
                result.columns[at] = row;
                result.weights[at] = weights[i];
            }
        }
        return result;
    }

    int rows() {
        return starts.length - 1;
    }

    int pairs() {
        return columns.length;
    }

    int count(int row) {
        return starts[row + 1] - starts[row];
    }

    /** Takes one row after the other. */
    private static final class Builder {
        private final int[] starts;
        private int[] columns = new int[1_024];
        private float[] weights = new float[1_024];
        private int rows;

        Builder(int rowCount) {
            this.starts = new int[rowCount + 1];
        }

        void add(int[] rowColumns, float[] rowWeights, int count) {
            int from = starts[rows];
            int to = Math.addExact(from, count);
            if (to > columns.length) {
                int capacity = (int) Math.min(Integer.MAX_VALUE - 8, 2L * to);
                columns = Arrays.copyOf(columns, capacity);
                weights = Arrays.copyOf(weights, capacity);
            }
            System.arraycopy(rowColumns, 0, columns, from, count);
            System.arraycopy(rowWeights, 0, weights, from, count);
            starts[++rows] = to;
        }

        WatchMatrix build() {
            int pairs = starts[rows];
            return new WatchMatrix(
                    starts, Arrays.copyOf(columns, pairs), Arrays.copyOf(weights, pairs));
        }
    }
}
