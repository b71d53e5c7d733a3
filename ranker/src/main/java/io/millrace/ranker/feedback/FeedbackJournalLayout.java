package io.millrace.ranker.feedback;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Offsets in the file of what users told lately and in one of its events. Little-endian; event n
 * stands at place n modulo the most there are, over the one that stood there before.
 *
 * <pre>
 *   file    0       8       16       64        112
 *           | magic | count | newest | event 0 | event 1 …
 *           | int64 | ever  | stamp  | 48 bytes|
 *
 *   event   0       8        16       24           32             36     40 … 48
 *           | stamp | userId | itemId | moment, ms | watchedShare | kind | zero
 *           | int64 | int64  | int64  | int64      | float32      | int32|
 * </pre>
 */
final class FeedbackJournalLayout {
    static final long MAGIC = 0x314B_4244_4545_464DL; // "MFEEDBK1"
    static final int MAGIC_OFFSET = 0;
    static final int COUNT_OFFSET = 8;
    static final int NEWEST_OFFSET = 16;
    static final int HEADER_BYTES = 64;

    static final int EVENT_BYTES = 48;
    static final int STAMP_OFFSET = 0;
    static final int USER_OFFSET = 8;
    static final int ITEM_OFFSET = 16;
    static final int MOMENT_OFFSET = 24;
    static final int SHARE_OFFSET = 32;
    static final int KIND_OFFSET = 36;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FeedbackJournalLayout() {}

    static long eventOffset(long place) {
        return HEADER_BYTES + place * EVENT_BYTES;
    }

    static long fileBytes(long events) {
        return eventOffset(events);
    }
}
