package io.millrace.index;

import io.millrace.core.HotPath;

/**
 * The best rows found so far, nearest first, in one sorted array of longs: distance in the upper
 * half, ordinal and a visited bit in the lower, so that comparing two longs compares distances and,
 * among equals, ordinals.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class Beam {
    private final long[] keys;
    private int limit;
    private int size;
    private int cursor;

    Beam(int capacity) {
        this.keys = new long[capacity + 1];
    }

    @HotPath
    void reset(int newLimit) {
        assert newLimit < keys.length : newLimit;
        limit = newLimit;
        size = 0;
        cursor = 0;
    }

    int size() {
        return size;
    }

    int ordinal(int index) {
        return (int) keys[index] >>> 1;
    }

    float distance(int index) {
        int bits = (int) (keys[index] >> 32);
        return Float.intBitsToFloat(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
    }

    /** Distance a row must beat to be taken. */
    @HotPath
    float bound() {
        return size < limit ? Float.POSITIVE_INFINITY : distance(size - 1);
    }

    @HotPath
    void offer(float distance, int ordinal) {
        int bits = Float.floatToRawIntBits(distance);
        long key =
                ((long) (bits ^ ((bits >> 31) & Integer.MAX_VALUE)) << 32) | ((long) ordinal << 1);
        int end = size;
        if (end == limit) {
            if (key >= keys[end - 1]) {
                return;
            }
            end--;
        }
        int low = 0;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (keys[middle] < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        System.arraycopy(keys, low, keys, low + 1, end - low);
        keys[low] = key;
        size = end + 1;
        cursor = Math.min(cursor, low);
    }

    /** The nearest row that was not visited yet, marked as visited, or -1. */
    @HotPath
    int nextUnvisited() {
        int at = cursor;
        while (at < size && (keys[at] & 1) != 0) {
            at++;
        }
        cursor = at + 1;
        if (at >= size) {
            cursor = at;
            return -1;
        }
        keys[at] |= 1;
        return (int) keys[at] >>> 1;
    }
}
