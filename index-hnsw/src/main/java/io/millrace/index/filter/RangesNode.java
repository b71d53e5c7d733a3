package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.ScanKernels;
import io.millrace.index.attributes.LongCells;

/** Rows whose 64-bit cell is in one of some ranges; at first there are none. */
class RangesNode extends FilterNode {
    private static final ScanKernels KERNELS = Kernels.scan();

    private final LongCells cells;
    private final long[] ranges;
    private int rangeCount;

    /** Room for some ranges. */
    RangesNode(LongCells cells, int maxRanges) {
        this.cells = cells;
        this.ranges = new long[2 * maxRanges];
    }

    /** Rows without a value. */
    static RangesNode missing(LongCells cells) {
        RangesNode node = new RangesNode(cells, 1);
        node.addRange(LongCells.MISSING, LongCells.MISSING);
        return node;
    }

    @HotPath
    final void clearRanges() {
        rangeCount = 0;
    }

    /** Adds a range, unless it is empty. */
    @HotPath
    final void addRange(long least, long most) {
        if (least <= most) {
            ranges[2 * rangeCount] = least;
            ranges[2 * rangeCount + 1] = most;
            rangeCount++;
        }
    }

    @Override
    @HotPath
    final boolean test(int ordinal) {
        long cell = cells.get(ordinal);
        for (int i = 0; i < 2 * rangeCount; i += 2) {
            if (cell >= ranges[i] && cell <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    @Override
    @HotPath
    final void retain(long firstRow, long[] words, int from, int count) {
        long offset = firstRow * Long.BYTES;
        KERNELS.retainLongs(cells.segment(), offset, ranges, rangeCount, words, from, count);
    }

    @Override
    final int cost() {
        return ranges.length / 2;
    }
}
