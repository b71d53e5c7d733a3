package io.millrace.index.filter;

import io.millrace.core.HotPath;

/** Rows that meet one part; each is asked about what those before it do not take. */
final class AnyNode extends GroupNode {
    private final long[] left = new long[BLOCK_WORDS];
    private final long[] kept = new long[BLOCK_WORDS];

    AnyNode(FilterNode[] parts) {
        super(parts);
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        for (FilterNode part : parts) {
            if (part.test(ordinal)) {
                return true;
            }
        }
        return false;
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        System.arraycopy(words, from, left, 0, count);
        for (FilterNode part : parts) {
            if (isEmpty(left, 0, count)) {
                return;
            }
            System.arraycopy(left, 0, kept, 0, count);
            part.retain(firstRow, kept, 0, count);
            for (int i = 0; i < count; i++) {
                left[i] &= ~kept[i];
            }
        }
        for (int i = 0; i < count; i++) {
            words[from + i] &= ~left[i];
        }
    }
}
