package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.ScanKernels;
import io.millrace.index.attributes.CategoryColumn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Rows whose category is one of some texts, or missing. */
final class CategoryNode extends FilterNode {
    private static final ScanKernels KERNELS = Kernels.scan();
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Codes that are compared one by one; more are looked up, row by row. */
    private static final int MAX_COMPARED = 32;

    private static final int LOOK_UP_COST = 16;

    private final CategoryColumn column;
    private final CodeSet set;

    CategoryNode(CategoryColumn column, CodeSet set) {
        this.column = column;
        this.set = set;
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        return set.test(column.code(ordinal));
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        if (set.codes().length <= MAX_COMPARED) {
            long offset = firstRow * Integer.BYTES;
            KERNELS.retainInts(column.segment(), offset, set.codes(), words, from, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (words[from + i] != 0) {
                words[from + i] &= members((firstRow + (long) i * Long.SIZE) * Integer.BYTES);
            }
        }
    }

    /** Which of 64 rows have a code of the set. */
    @HotPath
    private long members(long offset) {
        MemorySegment segment = column.segment();
        long[] bits = set.bits();
        int known = set.knownCodes();
        long members = 0;
        for (int row = 0; row < Long.SIZE; row++) {
            // A code that came in meanwhile must not be looked for past the end.
            int code = Math.min(segment.get(INT, offset + (long) row * Integer.BYTES), known);
            members |= (bits[code >>> 6] >>> code & 1) << row;
        }
        return members;
    }

    @Override
    @HotPath
    void prepare() {
        set.prepare();
    }

    @Override
    @HotPath
    void refresh() {
        set.refresh();
    }

    @Override
    int cost() {
        return Math.min(set.codes().length, LOOK_UP_COST);
    }
}
