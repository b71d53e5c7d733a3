package io.millrace.ranker.counters;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Offsets in the file of the counters and in one of its cells. A cell is one cache line that holds
 * two states, little-endian; the one with the later sequence number counts.
 *
 * <pre>
 *   file   0       8           16      64         128
 *          | magic | halfLife  | cells | cell 0   | cell 1 …
 *          | int64 | ms, int64 | int64 | 64 bytes |
 *
 *   cell   0          4       8             16       24        32 … 64
 *          | sequence | tick  | impressions | clicks | watches | the other state
 *          | int32    | int32 | float64     | each   |         |
 * </pre>
 */
final class CounterLayout {
    static final long MAGIC = 0x3152_544E_554F_434DL; // "MCOUNTR1"
    static final int MAGIC_OFFSET = 0;
    static final int HALF_LIFE_OFFSET = 8;
    static final int CELLS_OFFSET = 16;
    static final int HEADER_BYTES = 64;

    static final int CELL_BYTES = 64;
    static final int STATE_BYTES = 32;
    static final int SEQUENCE_OFFSET = 0;
    static final int TICK_OFFSET = 4;
    static final int IMPRESSIONS_OFFSET = 8;
    static final int CLICKS_OFFSET = 16;
    static final int WATCHES_OFFSET = 24;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Of a segment and an offset: reads and publishes sequence numbers. */
    static final VarHandle SEQUENCE = INT.varHandle();

    private CounterLayout() {}

    static long cellOffset(long cell) {
        return HEADER_BYTES + cell * CELL_BYTES;
    }

    static long fileBytes(long cells) {
        return cellOffset(cells);
    }
}
