package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.index.attributes.TagsColumn;

/** Rows of whose tags one is among some texts; asked row by row, of those that are left. */
final class TagsNode extends FilterNode {
    private static final int LIST_COST = 40;

    private final TagsColumn column;
    private final CodeSet set;

    TagsNode(TagsColumn column, CodeSet set) {
        this.column = column;
        this.set = set;
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        return column.hasAny(ordinal, set);
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        for (int i = 0; i < count; i++) {
            int first = (int) firstRow + i * Long.SIZE;
            long kept = words[from + i];
            for (long left = kept; left != 0; left &= left - 1) {
                int bit = Long.numberOfTrailingZeros(left);
                if (!test(first + bit)) {
                    kept &= ~(1L << bit);
                }
            }
            words[from + i] = kept;
        }
    }

    @Override
    @HotPath
    void prepare() {
        set.prepare();
    }

    @Override
    int cost() {
        return LIST_COST;
    }
}
