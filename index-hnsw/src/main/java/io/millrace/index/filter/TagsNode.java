package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.ScanKernels;
import io.millrace.index.attributes.TagsColumn;

/**
 * Rows that have some tags. Signatures say of most rows that they have not; the lists of the others
 * are read row by row.
 */
abstract class TagsNode extends FilterNode {
    private static final ScanKernels KERNELS = Kernels.scan();
    private static final int LIST_COST = 20;

    final TagsColumn column;
    final CodeSet set;

    TagsNode(TagsColumn column, CodeSet set) {
        this.column = column;
        this.set = set;
    }

    /** Keeps the rows whose signature has one of some bits. */
    @HotPath
    final void retainSigned(long signature, long firstRow, long[] words, int from, int count) {
        long offset = firstRow * Long.BYTES;
        KERNELS.retainSharing(column.signatures().segment(), offset, signature, words, from, count);
    }

    @Override
    @HotPath
    final void prepare() {
        set.prepare();
    }

    @Override
    @HotPath
    final void refresh() {
        set.refresh();
    }

    @Override
    final int cost() {
        return LIST_COST;
    }
}
