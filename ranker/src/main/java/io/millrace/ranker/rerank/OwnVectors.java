package io.millrace.ranker.rerank;

import io.millrace.core.HotPath;

import org.jspecify.annotations.Nullable;

/**
 * Unit vectors of items that do not lie with those of all others: of items that came later, and of
 * those that are not what they were.
 *
 * <p>Threading: any thread, while vectors come and go; each is whole and never changes. Allocation:
 * none.
 */
public interface OwnVectors {
    /** No item has a vector of its own. */
    OwnVectors NONE =
            new OwnVectors() {
                @Override
                public boolean isEmpty() {
                    return true;
                }

                @Override
                public float @Nullable [] unitOf(int ordinal) {
                    return null;
                }
            };

    /**
     * Whether no item has one.
     *
     * @return true as long as {@link #unitOf} need not be asked.
     */
    @HotPath
    boolean isEmpty();

    /**
     * The vector of an item.
     *
     * @param ordinal the item.
     * @return not to be written; null where it lies with the others.
     */
    @HotPath
    float @Nullable [] unitOf(int ordinal);
}
