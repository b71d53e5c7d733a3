package io.millrace.index.filter;

import io.millrace.core.HotPath;

/** Rows that do not meet the part. */
final class NotNode extends FilterNode {
    private final FilterNode part;
    private final long[] kept = new long[BLOCK_WORDS];

    NotNode(FilterNode part) {
        this.part = part;
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        return !part.test(ordinal);
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        System.arraycopy(words, from, kept, 0, count);
        part.retain(firstRow, kept, 0, count);
        for (int i = 0; i < count; i++) {
            words[from + i] &= ~kept[i];
        }
    }

    @Override
    @HotPath
    void prepare() {
        part.prepare();
    }

    @Override
    @HotPath
    void refresh() {
        part.refresh();
    }

    @Override
    int cost() {
        return part.cost();
    }
}
