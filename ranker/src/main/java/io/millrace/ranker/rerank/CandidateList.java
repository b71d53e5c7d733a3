package io.millrace.ranker.rerank;

import io.millrace.core.HotPath;

/**
 * The candidates of a request that may be shown, each once, the best score first, of equal scores
 * the lowest ordinal first: the order they came in does not matter.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class CandidateList {
    private static final long LOW_BITS = 0xFFFF_FFFFL;

    private static final int RUN_LENGTH = 16;

    private final OrdinalSet unique;
    private long[] keys;
    private long[] spare;
    private int size;

    CandidateList(int capacity) {
        this.keys = new long[capacity];
        this.spare = new long[capacity];
        this.unique = new OrdinalSet(capacity);
    }

    int capacity() {
        return keys.length;
    }

    @HotPath
    int size() {
        return size;
    }

    @HotPath
    int ordinal(int index) {
        return (int) (keys[index] & LOW_BITS);
    }

    @HotPath
    float score(int index) {
        return scoreOf(keys[index]);
    }

    /** Filters, sorts and removes what was given twice, of which the better score counts. */
    @HotPath
    void fill(int[] ordinals, float[] scores, int count, RequestFilter filter, Slate slate) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int ordinal = ordinals[i];
            if (!Float.isFinite(scores[i])) {
                slate.dropInvalid();
            } else if (filter.isExcluded(ordinal)) {
                slate.dropExcluded();
            } else if (filter.isSeen(ordinal)) {
                slate.dropSeen();
            } else {
                keys[kept++] = keyOf(scores[i], ordinal);
            }
        }
        sort(kept);
        unique.clear();
        size = 0;
        for (int i = 0; i < kept; i++) {
            if (unique.add((int) (keys[i] & LOW_BITS))) {
                keys[size++] = keys[i];
            } else {
                slate.dropDuplicate();
            }
        }
    }

    /**
     * Merges runs sorted by insertion. Arrays.sort allocates where it meets what looks like runs.
     */
    @HotPath
    private void sort(int count) {
        for (int from = 0; from < count; from += RUN_LENGTH) {
            sortRun(from, Math.min(from + RUN_LENGTH, count));
        }
        for (int length = RUN_LENGTH; length < count; length *= 2) {
            for (int from = 0; from < count; from += 2 * length) {
                int middle = Math.min(from + length, count);
                merge(from, middle, Math.min(middle + length, count));
            }
            long[] merged = spare;
            spare = keys;
            keys = merged;
        }
    }

    @HotPath
    private void sortRun(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            long key = keys[i];
            int at = i;
            while (at > from && keys[at - 1] > key) {
                keys[at] = keys[at - 1];
                at--;
            }
            keys[at] = key;
        }
    }

    @HotPath
    private void merge(int from, int middle, int to) {
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            boolean isLeft = left < middle && (right == to || keys[left] <= keys[right]);
            spare[i] = isLeft ? keys[left++] : keys[right++];
        }
    }

    /** Ascending keys are falling scores, then rising ordinals. */
    @HotPath
    private static long keyOf(float score, int ordinal) {
        // Adding 0 makes one of the two zeros.
        int bits = Float.floatToRawIntBits(score + 0.0f);
        int rising = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return ((long) ~rising << Integer.SIZE) | ordinal;
    }

    @HotPath
    private static float scoreOf(long key) {
        int rising = ~(int) (key >> Integer.SIZE);
        return Float.intBitsToFloat(rising ^ ((rising >> 31) & Integer.MAX_VALUE));
    }
}
