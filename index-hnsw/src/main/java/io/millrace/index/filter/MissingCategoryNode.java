package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.ScanKernels;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Dictionary;

/** Rows without a category. */
final class MissingCategoryNode extends FilterNode {
    private static final ScanKernels KERNELS = Kernels.scan();

    private final CategoryColumn column;

    MissingCategoryNode(CategoryColumn column) {
        this.column = column;
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        return column.isMissing(ordinal);
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        long offset = firstRow * Integer.BYTES;
        KERNELS.retainInts(column.segment(), offset, Dictionary.MISSING, words, from, count);
    }

    @Override
    int cost() {
        return 1;
    }
}
