package io.millrace.index.graph;

import io.millrace.core.HotPath;

import java.util.function.IntPredicate;

/**
 * Candidates that had no room in a {@link Beam}, the nearest on top: a heap of the beam's keys.
 * When it is full, a new candidate takes the place of a farther one at the bottom of the heap, and
 * is left out where it is the farther one itself.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class Spill {
    private final long[] keys;
    private int size;
    private int nextLeaf;
    private boolean hasLost;

    Spill(int capacity) {
        keys = new long[capacity];
    }

    @HotPath
    void clear() {
        size = 0;
        hasLost = false;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether a candidate was left out since the last {@link #clear}. */
    boolean hasLost() {
        return hasLost;
    }

    @HotPath
    void push(long key) {
        int at = size;
        if (size < keys.length) {
            size++;
        } else {
            hasLost = true;
            // One leaf after the other, so that no part of the heap keeps only far ones.
            int leaves = size - size / 2;
            nextLeaf = (nextLeaf + 1) % leaves;
            at = size / 2 + nextLeaf;
            if (key >= keys[at]) {
                return;
            }
        }
        rise(at, key);
    }

    /** Takes out the candidates whose ordinals fail a test. */
    @HotPath
    void retain(IntPredicate test) {
        int end = size;
        size = 0;
        for (int i = 0; i < end; i++) {
            long key = keys[i];
            if (test.test(Beam.ordinal(key))) {
                rise(size++, key);
            }
        }
    }

    private void rise(int from, long key) {
        int at = from;
        while (at > 0 && keys[(at - 1) / 2] > key) {
            keys[at] = keys[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        keys[at] = key;
    }

    /** Takes the nearest out, of which there must be one. */
    @HotPath
    long pop() {
        assert size > 0;
        long top = keys[0];
        size--;
        long key = keys[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && keys[child + 1] < keys[child]) {
                child++;
            }
            if (keys[child] >= key) {
                break;
            }
            keys[at] = keys[child];
            at = child;
        }
        keys[at] = key;
        return top;
    }
}
