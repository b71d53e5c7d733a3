package io.millrace.index.filter;

import io.millrace.core.HotPath;

/** Rows that meet every part; each is asked about what those before it leave. */
final class AllNode extends GroupNode {
    AllNode(FilterNode[] parts) {
        super(parts);
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        for (FilterNode part : parts) {
            if (!part.test(ordinal)) {
                return false;
            }
        }
        return true;
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        for (FilterNode part : parts) {
            part.retain(firstRow, words, from, count);
            if (isEmpty(words, from, count)) {
                return;
            }
        }
    }
}
