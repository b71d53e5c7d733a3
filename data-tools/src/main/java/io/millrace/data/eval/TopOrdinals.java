package io.millrace.data.eval;

/**
 * The best of many scores, ties by lower ordinal, kept in a heap whose root is the worst of them.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class TopOrdinals {
    private final int capacity;
    private final float[] scores;
    private final int[] ordinals;
    private int size;

    TopOrdinals(int capacity) {
        this.capacity = capacity;
        this.scores = new float[capacity];
        this.ordinals = new int[capacity];
    }

    void clear() {
        size = 0;
    }

    /** Offers the scores of ordinals 0 to {@code count - 1}. */
    void offerAll(float[] all, int count) {
        for (int i = 0; i < count; i++) {
            if (size < capacity || all[i] > scores[0]) {
                offer(i, all[i]);
            }
        }
    }

    void offer(int ordinal, float score) {
        if (size < capacity) {
            siftUp(size++, ordinal, score);
        } else if (isBetter(score, ordinal, scores[0], ordinals[0])) {
            siftDown(ordinal, score);
        }
    }

    /** Takes all out, best first, and leaves nothing. */
    int drainInto(int[] out) {
        int count = size;
        for (int i = count - 1; i >= 0; i--) {
            out[i] = ordinals[0];
            size--;
            siftDown(ordinals[size], scores[size]);
        }
        return count;
    }

    private void siftUp(int from, int ordinal, float score) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (isBetter(score, ordinal, scores[parent], ordinals[parent])) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, ordinal, score);
    }

    private void siftDown(int ordinal, float score) {
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size
                    && isBetter(
                            scores[child],
                            ordinals[child],
                            scores[child + 1],
                            ordinals[child + 1])) {
                child++;
            }
            if (!isBetter(score, ordinal, scores[child], ordinals[child])) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, ordinal, score);
    }

    private void move(int from, int to) {
        scores[to] = scores[from];
        ordinals[to] = ordinals[from];
    }

    private void put(int at, int ordinal, float score) {
        scores[at] = score;
        ordinals[at] = ordinal;
    }

    private static boolean isBetter(float score, int ordinal, float other, int otherOrdinal) {
        return score > other || (score == other && ordinal < otherOrdinal);
    }
}
