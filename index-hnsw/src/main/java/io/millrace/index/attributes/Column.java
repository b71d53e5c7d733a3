package io.millrace.index.attributes;

import io.millrace.core.HotPath;

/**
 * The values of one attribute by ordinal.
 *
 * <p>Threading: one writer at a time, any number of readers; a reader sees a value as it was before
 * a change or after it. Two attributes of a row do not change together.
 */
public sealed interface Column
        permits Int64Column, Float64Column, BoolColumn, CategoryColumn, TagsColumn {
    /**
     * Whether a row has no value.
     *
     * @param ordinal which row.
     * @return true when it is missing.
     */
    @HotPath
    boolean isMissing(int ordinal);

    /**
     * Takes the value of a row away.
     *
     * @param ordinal which row.
     */
    void setMissing(int ordinal);
}
