package io.millrace.server.living;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.rerank.OwnVectors;

import org.agrona.collections.Long2LongCounterMap;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The items whose vectors are not those of the index: new ones, and known ones that were upserted.
 * Each has a slot for good. A new item's ordinal is its slot behind the ordinals of the index; a
 * known one keeps the ordinal it has.
 *
 * <pre>
 *   ordinal   0 … size-1             size + slot
 *             | items of the index | new items … room |      (a known item leaves a gap)
 * </pre>
 *
 * <p>A vector is written once and then shown by one reference, so a reader has the old or the new
 * one, whole. The slot of a vector that was shown, or hidden, is loose until it is {@link #fasten
 * fastened}.
 *
 * <p>Threading: one thread changes, another one fastens, any thread promises slots and reads.
 * Allocation: none by reading.
 */
public final class UpsertedItems implements OwnVectors {
    /** {@link #slotOf} of an item that has none. */
    public static final int NO_SLOT = ItemSlots.NO_SLOT;

    private final VectorIndex index;
    private final int room;
    private final ItemSlots slots;
    private final int[] ordinals;

    /** As {@link VectorIndex#vectorInto} gives those of the index; null: not served. */
    private final AtomicReferenceArray<float[]> vectors;

    private final AtomicReferenceArray<float[]> units;

    /** A bit a slot: whether it is loose. */
    private final AtomicLongArray loose;

    /** Ids of items that are to have a slot, and how many upserts of each are on their way. */
    private final Long2LongCounterMap promised = new Long2LongCounterMap(0);

    private final AtomicInteger looseCount = new AtomicInteger();

    /** How many slots are taken; those below it are to be looked at. */
    private volatile int count;

    /**
     * No items yet.
     *
     * @param index has all others
     * @param room how many are taken; 0 where none are
     */
    public UpsertedItems(VectorIndex index, int room) {
        this.index = index;
        this.room = room;
        slots = new ItemSlots(room);
        ordinals = new int[room];
        vectors = new AtomicReferenceArray<>(room);
        units = new AtomicReferenceArray<>(room);
        loose = new AtomicLongArray(Math.ceilDiv(room, Long.SIZE));
    }

    /**
     * How many are taken, and ordinals there may be behind those of the index.
     *
     * @return 0 where no items are taken
     */
    public int room() {
        return room;
    }

    /**
     * How many slots are taken.
     *
     * @return slots are 0 to this - 1
     */
    @HotPath
    public int count() {
        return count;
    }

    @Override
    public boolean isEmpty() {
        return count == 0;
    }

    /**
     * Slot of an item.
     *
     * @param itemId the caller's id
     * @return {@link #NO_SLOT} for one that was never upserted
     */
    @HotPath
    public int slotOf(long itemId) {
        return count == 0 ? NO_SLOT : slots.slotOf(itemId);
    }

    /**
     * Ordinal of the item of a slot.
     *
     * @param slot below {@link #count}
     * @return the ordinal
     */
    @HotPath
    public int ordinalAt(int slot) {
        return ordinals[slot];
    }

    /**
     * The vector of the item of a slot.
     *
     * @param slot below {@link #count}
     * @return as the index would give it, not to be written; null while the item has none
     */
    @HotPath
    public float @Nullable [] vectorAt(int slot) {
        return vectors.getAcquire(slot);
    }

    /**
     * The vector of an item.
     *
     * @param ordinal the item
     * @return as the index would give it, not to be written; null where it has none of its own
     */
    @HotPath
    public float @Nullable [] vectorOf(int ordinal) {
        int slot = slotAt(ordinal);
        return slot == NO_SLOT ? null : vectors.getAcquire(slot);
    }

    @Override
    public float @Nullable [] unitOf(int ordinal) {
        int slot = slotAt(ordinal);
        return slot == NO_SLOT ? null : units.getAcquire(slot);
    }

    @HotPath
    private int slotAt(int ordinal) {
        int later = ordinal - index.size();
        return later < 0 ? slotOf(index.itemId(ordinal)) : later;
    }

    /**
     * Which slots are loose; of all others {@link UpsertedGraph} has the vectors.
     *
     * @param word which 64 slots
     * @return a bit each, that of the first is the lowest
     */
    @HotPath
    public long looseSlots(int word) {
        return loose.getAcquire(word);
    }

    /**
     * How many slots are loose.
     *
     * @return those of deleted items may be among them
     */
    @HotPath
    public int looseCount() {
        return looseCount.get();
    }

    boolean isLoose(int slot) {
        return (loose.getAcquire(slot / Long.SIZE) & bit(slot)) != 0;
    }

    private static long bit(int slot) {
        return 1L << slot;
    }

    /** Promises an item a slot; false where there is none left. */
    synchronized boolean promise(long itemId) {
        if (slotOf(itemId) != NO_SLOT) {
            return true;
        }
        if (count + promised.size() >= room && !promised.containsKey(itemId)) {
            return false;
        }
        promised.incrementAndGet(itemId);
        return true;
    }

    /** Takes a promise back, unless it was kept. */
    synchronized void release(long itemId) {
        if (promised.containsKey(itemId)) {
            promised.decrementAndGet(itemId);
        }
    }

    /** The slot of an item, which is given one if it has none. */
    synchronized int reserve(long itemId) {
        int slot = slotOf(itemId);
        if (slot != NO_SLOT) {
            return slot;
        }
        if (count == room) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "more upserted items in the journal than are taken: limit=%d; raise"
                            + " changes.maxUpserted",
                    room);
        }
        slot = count;
        int known = index.ordinalOf(itemId);
        // Whoever finds the slot finds the ordinal.
        ordinals[slot] = known == VectorIndex.NO_ORDINAL ? index.size() + slot : known;
        slots.add(itemId);
        count = slot + 1;
        promised.remove(itemId);
        return slot;
    }

    /** Shows vectors of an item, from now on not to be written. */
    synchronized void show(int slot, float[] searched, float[] unit) {
        // Whoever finds the item finds its direction.
        units.setRelease(slot, unit);
        vectors.setRelease(slot, searched);
        loosen(slot);
    }

    /** Shows no vectors of an item any more. */
    synchronized void hide(int ordinal) {
        int slot = slotAt(ordinal);
        if (slot != NO_SLOT) {
            vectors.setRelease(slot, null);
            loosen(slot);
        }
    }

    private void loosen(int slot) {
        if (!isLoose(slot)) {
            int word = slot / Long.SIZE;
            loose.setRelease(word, loose.getPlain(word) | bit(slot));
            looseCount.incrementAndGet();
        }
    }

    /** The graph has a slot as it was read; if that is how it is, it is no longer loose. */
    @SuppressWarnings("ReferenceEquality") // The array that was taken, not one like it.
    synchronized void fasten(int slot, float @Nullable [] vector) {
        if (vectors.getAcquire(slot) == vector && isLoose(slot)) {
            int word = slot / Long.SIZE;
            loose.setRelease(word, loose.getPlain(word) & ~bit(slot));
            looseCount.decrementAndGet();
        }
    }
}
