package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.index.attributes.TagsColumn;

/** Rows that have one of some tags. */
final class AnyTagNode extends TagsNode {
    AnyTagNode(TagsColumn column, CodeSet set) {
        super(column, set);
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        // In this order, so that the set knows the codes which the signature tells of.
        long signature = column.signatures().get(ordinal);
        set.refresh();
        return (signature & set.signature()) != 0
                && (isSignatureExact() || column.hasAny(ordinal, set));
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        retainSigned(set.signature(), firstRow, words, from, count);
        if (!isSignatureExact()) {
            retainEach(firstRow, words, from, count);
        }
    }

    /** Whether the signatures that were just read tell all there is to know. */
    @HotPath
    private boolean isSignatureExact() {
        return column.dictionary().size() <= TagsColumn.MAX_EXACT_CODES;
    }
}
