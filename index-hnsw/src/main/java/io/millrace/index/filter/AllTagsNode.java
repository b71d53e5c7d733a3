package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.index.attributes.TagsColumn;

import java.util.Arrays;

/** Rows that have all of some tags. A tag that the dictionary does not have is in no list. */
final class AllTagsNode extends TagsNode {
    AllTagsNode(TagsColumn column, CodeSet set) {
        super(column, set);
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        // In this order, so that the set knows the codes which the signature tells of.
        long signature = column.signatures().get(ordinal);
        set.refresh();
        return set.isComplete()
                && (~signature & set.signature()) == 0
                && column.count(ordinal, set) == set.distinctCount();
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        if (!set.isComplete()) {
            Arrays.fill(words, from, from + count, 0);
            return;
        }
        for (int code : set.codes()) {
            retainSigned(TagsColumn.signature(code), firstRow, words, from, count);
        }
        retainEach(firstRow, words, from, count);
    }
}
