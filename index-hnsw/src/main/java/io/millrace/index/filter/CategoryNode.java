package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.ScanKernels;
import io.millrace.index.attributes.CategoryColumn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Rows whose category is one of some texts. */
final class CategoryNode extends FilterNode {
    private static final ScanKernels KERNELS = Kernels.scan();
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LOOK_UP_COST = 8;

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
        if (set.size() == 1) {
            long offset = firstRow * Integer.BYTES;
            KERNELS.retainInts(column.segment(), offset, set.firstCode(), words, from, count);
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
        while (true) {
            long[] bits = set.bits();
            int known = set.knownCodes();
            long members = 0;
            int newest = 0;
            for (int row = 0; row < Long.SIZE; row++) {
                int code = segment.get(INT, offset + (long) row * Integer.BYTES);
                int told = Math.min(code, known);
                members |= (bits[told >>> 6] >>> told & 1) << row;
                newest = Math.max(newest, code);
            }
            if (newest < known) {
                return members;
            }
            // A row was changed to a text that is new.
            VarHandle.acquireFence();
            set.prepare();
        }
    }

    @Override
    @HotPath
    void prepare() {
        set.prepare();
    }

    @Override
    int cost() {
        return set.size() == 1 ? 1 : LOOK_UP_COST;
    }
}
