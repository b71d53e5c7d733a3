package io.millrace.ranker.rerank;

import io.millrace.core.HotPath;

import java.util.Arrays;

/**
 * A set of item ordinals by open addressing, of fixed capacity, used again for every request.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class OrdinalSet {
    private static final int EMPTY = -1;

    /** The golden ratio, which spreads neighbouring ordinals. */
    private static final int SPREAD = 0x9E37_79B9;

    private final int capacity;
    private final int[] slots;
    private final int shift;
    private int size;

    /**
     * An empty set.
     *
     * @param capacity the most ordinals.
     */
    public OrdinalSet(int capacity) {
        this.capacity = capacity;
        // At most half full, so that a probe ends soon.
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(8, capacity * 2) - 1);
        this.slots = new int[1 << bits];
        this.shift = Integer.SIZE - bits;
        Arrays.fill(slots, EMPTY);
    }

    /** Takes all out. */
    @HotPath
    public void clear() {
        if (size > 0) {
            Arrays.fill(slots, EMPTY);
            size = 0;
        }
    }

    @HotPath
    int size() {
        return size;
    }

    boolean isFull() {
        return size == capacity;
    }

    /**
     * Adds an ordinal; the set must not be full.
     *
     * @param ordinal not negative.
     * @return false when it is there already.
     */
    @HotPath
    public boolean add(int ordinal) {
        assert ordinal >= 0 && !isFull() : "ordinal=" + ordinal + ", size=" + size;
        int at = indexOf(ordinal);
        if (slots[at] == ordinal) {
            return false;
        }
        slots[at] = ordinal;
        size++;
        return true;
    }

    @HotPath
    boolean contains(int ordinal) {
        return size > 0 && slots[indexOf(ordinal)] == ordinal;
    }

    /** Where the ordinal is, or the empty slot where it belongs. */
    @HotPath
    private int indexOf(int ordinal) {
        int mask = slots.length - 1;
        int at = (ordinal * SPREAD) >>> shift;
        while (slots[at] != EMPTY && slots[at] != ordinal) {
            at = (at + 1) & mask;
        }
        return at;
    }
}
