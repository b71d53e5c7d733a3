package io.millrace.server.funnel;

import io.millrace.core.HotPath;
import io.millrace.index.VectorIndex;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.filter.OrdinalSet;

import org.jspecify.annotations.Nullable;

/**
 * Which items of the index are served: all but those that were deleted. The index itself stays as
 * the bundle has it; a search takes the living ones for its filter.
 *
 * <p>Threading: one thread deletes, any thread asks; a set that was handed out stays as it is.
 * Allocation: a deletion makes a new set, a bit an item, once requests are served.
 */
final class LivingItems {
    private final VectorIndex index;
    private boolean isServing;

    /** The living; null while nothing was deleted. */
    private volatile @Nullable OrdinalBitSet living;

    /** All items of an index. */
    LivingItems(VectorIndex index) {
        this.index = index;
    }

    /** What a search is to accept; null for all. */
    @HotPath
    @Nullable OrdinalSet filter() {
        return living;
    }

    /** Ordinal of an item that is served, or {@link VectorIndex#NO_ORDINAL}. */
    @HotPath
    int ordinalOf(long itemId) {
        int ordinal = index.ordinalOf(itemId);
        OrdinalBitSet accepted = living;
        if (accepted == null || ordinal == VectorIndex.NO_ORDINAL) {
            return ordinal;
        }
        return accepted.contains(ordinal) ? ordinal : VectorIndex.NO_ORDINAL;
    }

    /** From now on sets are handed out: none of them is changed any more. */
    void beginServing() {
        isServing = true;
    }

    /** Takes an item out that is served. */
    void delete(int ordinal) {
        OrdinalBitSet before = living;
        OrdinalBitSet after = before == null || isServing ? copyOf(before) : before;
        after.remove(ordinal);
        living = after;
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

    /** How many were taken out. */
    int deletedCount() {
        OrdinalBitSet accepted = living;
        return accepted == null ? 0 : accepted.size() - accepted.cardinality();
    }
}
