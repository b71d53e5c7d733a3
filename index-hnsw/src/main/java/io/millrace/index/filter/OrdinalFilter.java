package io.millrace.index.filter;

import io.millrace.core.HotPath;

/**
 * Tells which ordinals a search accepts, as the search asks for it: one by one, in any order.
 *
 * <p>Threading: that of the search. Allocation: none.
 */
public interface OrdinalFilter {
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
     * @param ordinal from 0.
     * @return true when it is.
     */
    @HotPath
    boolean contains(int ordinal);

    /**
     * The first member from an ordinal on.
     *
     * @param from where to begin, from 0; may be past the end.
     * @return the member or {@link #NONE}.
     */
    @HotPath
    int nextSet(int from);
}
