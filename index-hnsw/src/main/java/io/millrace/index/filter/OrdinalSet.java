package io.millrace.index.filter;

import io.millrace.core.HotPath;

/**
 * A set of ordinals as a search sees it: to be read, not changed.
 *
 * <p>Threading: any thread, as long as nobody changes what is behind it. Allocation: none.
 */
public sealed interface OrdinalSet extends OrdinalFilter permits OrdinalBitSet {
    /**
     * How many ordinals are in it; counted anew with every call.
     *
     * @return from 0 to {@link #size()}.
     */
    @HotPath
    int cardinality();
}
