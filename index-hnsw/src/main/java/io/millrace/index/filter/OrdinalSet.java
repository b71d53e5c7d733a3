package io.millrace.index.filter;

import io.millrace.core.HotPath;

/**
 * A set of ordinals as a search sees it: to be read, not changed.
 *
 * <p>Threading: any thread, as long as nobody changes what is behind it. Allocation: none.
 */
public sealed interface OrdinalSet permits OrdinalBitSet {
    /** What {@link #nextSet} answers when there is none. */
    int NONE = -1;

    /**
     * How many ordinals there could be in it.
     *
     * @return members are from 0 to this less one.
     */
    int size();

    /**
     * Whether an ordinal is in it.
     *
     * @param ordinal from 0 to {@link #size()} less one.
     * @return true when it is.
     */
    @HotPath
    boolean contains(int ordinal);

    /**
     * How many ordinals are in it; counted anew with every call.
     *
     * @return from 0 to {@link #size()}.
     */
    @HotPath
    int cardinality();

    /**
     * The first member from an ordinal on.
     *
     * @param from where to begin, from 0; may be past the end.
     * @return the member or {@link #NONE}.
     */
    @HotPath
    int nextSet(int from);
}
