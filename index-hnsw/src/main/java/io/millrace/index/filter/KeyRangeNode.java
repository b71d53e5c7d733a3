package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.ScanKernels;
import io.millrace.index.attributes.LongCells;

import java.util.Arrays;

/** Rows whose 64-bit cell is in a range. */
class KeyRangeNode extends FilterNode {
    private static final ScanKernels KERNELS = Kernels.scan();

    private final LongCells cells;
    private long least;
    private long most;

    /** A range; empty when its least cell is above its largest. */
    KeyRangeNode(LongCells cells, long least, long most) {
        this.cells = cells;
        this.least = least;
        this.most = most;
    }

    /** Rows without a value. */
    static KeyRangeNode missing(LongCells cells) {
        return new KeyRangeNode(cells, LongCells.MISSING, LongCells.MISSING);
    }

    @HotPath
    final void setRange(long least, long most) {
        this.least = least;
        this.most = most;
    }

    @Override
    @HotPath
    final boolean test(int ordinal) {
        long cell = cells.get(ordinal);
        return cell >= least && cell <= most;
    }

    @Override
    @HotPath
    final void retain(long firstRow, long[] words, int from, int count) {
        if (least > most) {
            Arrays.fill(words, from, from + count, 0);
        } else {
            long offset = firstRow * Long.BYTES;
            KERNELS.retainLongs(cells.segment(), offset, least, most, words, from, count);
        }
    }

    @Override
    final int cost() {
        return 1;
    }
}
