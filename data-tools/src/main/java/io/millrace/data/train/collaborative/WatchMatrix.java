package io.millrace.data.train.collaborative;

import io.millrace.data.dataset.Dataset;
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

    /** A row for each user of a data set. */
    static WatchMatrix byUser(Dataset dataset, float longWeight) {
        RowTable users = dataset.users();
        WatchWeights watched = new WatchWeights(dataset.schema(), longWeight);
        int[] starts = new int[users.count() + 1];
        for (int user = 0; user < users.count(); user++) {
            watched.read(users.segment(), users.offset(user));
            starts[user + 1] = Math.addExact(starts[user], watched.count());
        }
        int pairs = starts[users.count()];
        WatchMatrix matrix = new WatchMatrix(starts, new int[pairs], new float[pairs]);
        for (int user = 0; user < users.count(); user++) {
            watched.read(users.segment(), users.offset(user));
            int at = starts[user];
            System.arraycopy(watched.items(), 0, matrix.columns, at, watched.count());
            System.arraycopy(watched.weights(), 0, matrix.weights, at, watched.count());
        }
        return matrix;
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
}
