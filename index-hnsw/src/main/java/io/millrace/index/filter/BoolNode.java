package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.index.attributes.BoolColumn;
import io.millrace.index.predicate.Condition;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Rows whose bool is true, false, or missing. */
final class BoolNode extends FilterNode {
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The lowest bit of every byte. */
    private static final long ONES = 0x0101_0101_0101_0101L;

    /** Multiplied with it, the lowest bits of eight bytes stand side by side in the highest one. */
    private static final long GATHER = 0x0102_0408_1020_4080L;

    private static final int HIGHEST_BYTE = 56;

    private final BoolColumn column;
    private final FilterParameters parameters;
    private final Condition.@Nullable Is condition;
    private byte wanted = BoolColumn.MISSING;

    /** Rows that meet a condition, or those where the value is missing. */
    BoolNode(BoolColumn column, Condition.@Nullable Is condition, FilterParameters parameters) {
        this.column = column;
        this.condition = condition;
        this.parameters = parameters;
    }

    @Override
    @HotPath
    boolean test(int ordinal) {
        return column.get(ordinal) == wanted;
    }

    @Override
    @HotPath
    void retain(long firstRow, long[] words, int from, int count) {
        MemorySegment segment = column.segment();
        long pattern = wanted * ONES;
        for (int i = 0; i < count; i++) {
            long first = firstRow + (long) i * Long.SIZE;
            long inside = 0;
            for (int row = 0; row < Long.SIZE; row += Byte.SIZE) {
                // Bytes are 0 to 2, so two bits tell whether they differ.
                long difference = segment.get(LONG, first + row) ^ pattern;
                long equal = ~(difference | difference >>> 1) & ONES;
                inside |= ((equal * GATHER) >>> HIGHEST_BYTE) << row;
            }
            words[from + i] &= inside;
        }
    }

    @Override
    @HotPath
    void prepare() {
        Condition.Is is = condition;
        if (is != null) {
            boolean isTrue = parameters.truth(is.value()) == is.isEqual();
            wanted = isTrue ? BoolColumn.TRUE : BoolColumn.FALSE;
        }
    }

    @Override
    int cost() {
        return 1;
    }
}
