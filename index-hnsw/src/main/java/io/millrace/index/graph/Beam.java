package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.KeyKernels;

import java.util.function.IntPredicate;

/**
 * The nearest candidates seen so far, in rising order of distance, ties by ordinal, at most a given
 * number of them, each followed or not yet. A candidate is one long, so that sorting compares once:
 *
 * <pre>
 *   63..32  distance, its bits arranged so that whole numbers sort like the distances
 *   31..1   ordinal
 *   0       1 once the candidate was followed
 * </pre>
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class Beam {
    /** What {@link #displace} answers when all had room. */
    static final long NO_KEY = Long.MAX_VALUE;

    private static final KeyKernels KERNELS = Kernels.key();
    private static final long FOLLOWED = 1;
    private static final long LOWER_HALF = 0xFFFF_FFFFL;

    private final long[] keys;
    private int limit;
    private int size;
    private int cursor;

    /**
     * An empty beam.
     *
     * @param capacity the largest limit it will be given.
     */
    public Beam(int capacity) {
        keys = new long[capacity];
    }

    static long key(float distance, int ordinal) {
        int bits = Float.floatToRawIntBits(distance);
        int sortable = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return (long) sortable << 32 | (ordinal << 1 & LOWER_HALF);
    }

    static int ordinal(long key) {
        return (int) key >>> 1;
    }

    static float distance(long key) {
        int sortable = (int) (key >> 32);
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
    }

    /**
     * Empties the beam.
     *
     * @param newLimit how many candidates it keeps from now on, from 1.
     */
    @HotPath
    public void reset(int newLimit) {
        assert newLimit >= 1 && newLimit <= keys.length : newLimit;
        limit = newLimit;
        size = 0;
        cursor = 0;
    }

    /** The largest limit it can be given. */
    int capacity() {
        return keys.length;
    }

    /**
     * How many candidates there are.
     *
     * @return at most the limit.
     */
    public int size() {
        return size;
    }

    /**
     * Ordinal of a candidate.
     *
     * @param rank 0 is the nearest.
     * @return its ordinal.
     */
    public int ordinalAt(int rank) {
        return ordinal(keys[rank]);
    }

    /**
     * Distance of a candidate.
     *
     * @param rank 0 is the nearest.
     * @return its distance.
     */
    public float distanceAt(int rank) {
        return distance(keys[rank]);
    }

    long keyAt(int rank) {
        return keys[rank];
    }

    /**
     * What a candidate must not be farther than.
     *
     * @return the distance of the last candidate when the beam is full, else infinity.
     */
    @HotPath
    public float bound() {
        return size < limit ? Float.POSITIVE_INFINITY : distance(keys[size - 1]);
    }

    /** The nearest candidate not followed yet, which is then; or {@link LayeredGraph#NONE}. */
    @HotPath
    int follow() {
        int at = nextUnfollowed();
        if (at == size) {
            cursor = at;
            return LayeredGraph.NONE;
        }
        keys[at] |= FOLLOWED;
        cursor = at + 1;
        return ordinal(keys[at]);
    }

    /** Takes out the candidate that was followed last. */
    @HotPath
    void dropFollowed() {
        cursor--;
        size--;
        System.arraycopy(keys, cursor + 1, keys, cursor, size - cursor);
    }

    /** What {@link #follow} would answer now. */
    @HotPath
    int peek() {
        int at = nextUnfollowed();
        return at == size ? LayeredGraph.NONE : ordinal(keys[at]);
    }

    /**
     * Takes a candidate that is not in the beam, unless the beam is full of nearer ones.
     *
     * @param distance its distance.
     * @param ordinal its ordinal.
     */
    @HotPath
    public void offer(float distance, int ordinal) {
        displace(key(distance, ordinal));
    }

    /**
     * Takes a candidate that is not in the beam.
     *
     * @param key its key, followed or not.
     * @return the key of the one that has no room any more, or {@link #NO_KEY}.
     */
    @HotPath
    long displace(long key) {
        int last = size;
        long left = NO_KEY;
        if (last == limit) {
            last--;
            left = keys[last];
            if (key >= left) {
                return key;
            }
        }
        int at = KERNELS.insert(keys, last, key);
        size = last + 1;
        cursor = Math.min(cursor, at);
        return left;
    }

    /** Takes the nearest candidates out. */
    @HotPath
    void dropFirst(int count) {
        assert count <= size : count;
        size -= count;
        System.arraycopy(keys, count, keys, 0, size);
        cursor = 0;
    }

    /** Takes out the candidates whose ordinals fail a test. */
    @HotPath
    void retain(IntPredicate test) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (test.test(ordinal(keys[i]))) {
                keys[kept++] = keys[i];
            }
        }
        size = kept;
        cursor = 0;
    }

    private int nextUnfollowed() {
        int at = cursor;
        while (at < size && (keys[at] & FOLLOWED) != 0) {
            at++;
        }
        return at;
    }
}
