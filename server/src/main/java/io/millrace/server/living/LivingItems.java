package io.millrace.server.living;

import io.millrace.core.HotPath;
import io.millrace.index.VectorIndex;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.filter.OrdinalSet;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Which items are served: those of the index but for the ones that were deleted, and those that
 * were upserted. The index itself stays as the bundle has it; a search takes for its filter the
 * ones that are where the index has them, and finds the upserted ones beside it.
 *
 * <p>Threading: one thread changes, any thread asks; a set that was handed out stays as it is.
 * Allocation: a change makes a new set, a bit an item of the index, once requests are served.
 */
public final class LivingItems {
    private final VectorIndex index;
    private final UpsertedItems upserted;
    private final @Nullable UpsertedGraph graph;
    private boolean isServing;

    /** Those of the index that are alive and where it has them; null while all are. */
    private volatile @Nullable OrdinalBitSet indexed;

    /**
     * All items of an index.
     *
     * @param index the index
     * @param upserted those beside it, none of them alive yet
     * @param graph finds those that are not loose; null where none are taken
     */
    public LivingItems(VectorIndex index, UpsertedItems upserted, @Nullable UpsertedGraph graph) {
        this.index = index;
        this.upserted = upserted;
        this.graph = graph;
    }

    /**
     * What a search of the index is to accept. All others that are alive are among {@link
     * #upserted} since before this could be asked.
     *
     * @return null for all
     */
    @HotPath
    public @Nullable OrdinalSet filter() {
        return indexed;
    }

    /**
     * Those that are found beside the index.
     *
     * @return the same each time
     */
    public UpsertedItems upserted() {
        return upserted;
    }

    /**
     * What finds those of them that are not loose.
     *
     * @return null where none are taken
     */
    @HotPath
    public @Nullable UpsertedGraph graph() {
        return graph;
    }

    /**
     * Whether an item is served.
     *
     * @param ordinal of the index, or of an item that came later
     * @return false once it was deleted
     */
    @HotPath
    public boolean contains(int ordinal) {
        OrdinalSet accepted = indexed;
        boolean isIndexed = !isLater(ordinal) && (accepted == null || accepted.contains(ordinal));
        return isIndexed || upserted.vectorOf(ordinal) != null;
    }

    /**
     * Whether an item came later than the index.
     *
     * @param ordinal the item
     * @return true for ordinals behind those of the index
     */
    @HotPath
    public boolean isLater(int ordinal) {
        return ordinal >= index.size();
    }

    /**
     * Ordinal of an item that is served.
     *
     * @param itemId the caller's id
     * @return the ordinal or {@link VectorIndex#NO_ORDINAL}
     */
    @HotPath
    public int ordinalOf(long itemId) {
        int ordinal = knownOrdinalOf(itemId);
        return ordinal == VectorIndex.NO_ORDINAL || contains(ordinal)
                ? ordinal
                : VectorIndex.NO_ORDINAL;
    }

    /**
     * Ordinal of an item that is served, or was.
     *
     * @param itemId the caller's id
     * @return the ordinal or {@link VectorIndex#NO_ORDINAL}
     */
    @HotPath
    public int knownOrdinalOf(long itemId) {
        int ordinal = index.ordinalOf(itemId);
        if (ordinal != VectorIndex.NO_ORDINAL) {
            return ordinal;
        }
        int slot = upserted.slotOf(itemId);
        return slot == UpsertedItems.NO_SLOT ? VectorIndex.NO_ORDINAL : upserted.ordinalAt(slot);
    }

    /**
     * Copies the vector by which an item is found.
     *
     * @param ordinal an item that is served
     * @param target where it goes, from element 0
     */
    @HotPath
    public void vectorInto(int ordinal, float[] target) {
        float[] own = upserted.vectorOf(ordinal);
        if (own != null) {
            System.arraycopy(own, 0, target, 0, own.length);
        } else if (isLater(ordinal)) {
            // Deleted since it was looked up; zeros are like nothing.
            Arrays.fill(target, 0);
        } else {
            index.vectorInto(ordinal, target, 0);
        }
    }

    /**
     * Promises an item that is to be upserted a slot. The promise is kept when the item is given an
     * ordinal, or taken back.
     *
     * @param itemId the caller's id
     * @return false where it would be one more than are taken
     */
    public boolean promise(long itemId) {
        return upserted.promise(itemId);
    }

    /**
     * Takes a promise back, where it was not kept.
     *
     * @param itemId the caller's id
     */
    public void release(long itemId) {
        upserted.release(itemId);
    }

    /** From now on sets are handed out: none of them is changed any more. */
    public void beginServing() {
        isServing = true;
    }

    /**
     * Gives an item an ordinal, if it has none yet. It is not served for that.
     *
     * @param itemId the caller's id
     * @return its ordinal
     */
    public int reserve(long itemId) {
        return upserted.ordinalAt(upserted.reserve(itemId));
    }

    /**
     * Serves an item by vectors of its own, from now on not to be written.
     *
     * @param itemId the caller's id of an item that has an ordinal
     * @param searched as {@link VectorIndex#vectorInto} gives those of the index
     * @param unit as {@link io.millrace.ranker.rerank.ItemVectors} has them
     */
    public void place(long itemId, float[] searched, float[] unit) {
        int slot = upserted.reserve(itemId);
        upserted.show(slot, searched, unit);
        int ordinal = upserted.ordinalAt(slot);
        if (!isLater(ordinal)) {
            takeFromIndex(ordinal);
        }
    }

    /**
     * Takes an item out that is served.
     *
     * @param ordinal the item
     */
    public void delete(int ordinal) {
        if (!isLater(ordinal)) {
            takeFromIndex(ordinal);
        }
        upserted.hide(ordinal);
    }

    private void takeFromIndex(int ordinal) {
        OrdinalBitSet before = indexed;
        if (before == null || before.contains(ordinal)) {
            OrdinalBitSet after = before == null || isServing ? copyOf(before) : before;
            after.remove(ordinal);
            indexed = after;
        }
    }

    private OrdinalBitSet copyOf(@Nullable OrdinalBitSet set) {
        OrdinalBitSet copy = new OrdinalBitSet(index.size());
        if (set == null) {
            copy.fill();
        } else {
            copy.copyFrom(set);
        }
        return copy;
    }

    /**
     * How many items of the index were taken out.
     *
     * @return those that are served by vectors of their own are not among them
     */
    public int deletedCount() {
        OrdinalBitSet accepted = indexed;
        int gone = accepted == null ? 0 : accepted.size() - accepted.cardinality();
        for (int slot = 0; slot < upserted.count(); slot++) {
            boolean isMoved = !isLater(upserted.ordinalAt(slot)) && upserted.vectorAt(slot) != null;
            gone -= isMoved ? 1 : 0;
        }
        return gone;
    }

    /**
     * How many items came later and are served.
     *
     * @return those of the index are not among them
     */
    public int laterCount() {
        int there = 0;
        for (int slot = 0; slot < upserted.count(); slot++) {
            boolean isNew = isLater(upserted.ordinalAt(slot)) && upserted.vectorAt(slot) != null;
            there += isNew ? 1 : 0;
        }
        return there;
    }
}
