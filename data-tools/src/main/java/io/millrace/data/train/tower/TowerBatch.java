package io.millrace.data.train.tower;

/**
 * Who and what the rows of a batch are: consecutive rows of one user form a group.
 *
 * <p>Threading: filled by one thread, read by many.
 */
final class TowerBatch {
    private final int[] users;
    private final int[] positions;
    private final int[] items;
    private final boolean[] anonymous;
    private final float[] weights;
    private final float[] logFrequencies;
    private int rows;

    TowerBatch(int capacity) {
        this.users = new int[capacity];
        this.positions = new int[capacity];
        this.items = new int[capacity];
        this.anonymous = new boolean[capacity];
        this.weights = new float[capacity];
        this.logFrequencies = new float[capacity];
    }

    void clear() {
        rows = 0;
    }

    void add(
            int user,
            int position,
            int item,
            boolean isAnonymous,
            float weight,
            float logFrequency) {
        users[rows] = user;
        positions[rows] = position;
        items[rows] = item;
        anonymous[rows] = isAnonymous;
        weights[rows] = weight;
        logFrequencies[rows] = logFrequency;
        rows++;
    }

    /** Makes the weights sum to 1, so that the loss is a mean. */
    void normaliseWeights() {
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

    float logFrequency(int row) {
        return logFrequencies[row];
    }

    boolean isNegative(int row, int column) {
        return items[row] != items[column] && users[row] != users[column];
    }
}
