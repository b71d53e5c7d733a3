package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * One sequence of items in the rows of users: each item once, oldest first.
 *
 * <pre>
 *   | count | id 0, the oldest | id 1 | … | id capacity-1 |      see RowLayout
 * </pre>
 *
 * <p>Threading: immutable. Allocation: none.
 *
 * @param slotOffset where it begins in a row, in bytes.
 * @param capacity the most items; after that the newest drives the oldest out.
 */
@HotPath
record HistoryList(long slotOffset, int capacity) {
    void clear(MemorySegment rows, long offset) {
        for (int i = 0; i <= capacity; i++) {
            rows.set(RowLayout.INT, offset + slotOffset + 4L * i, 0);
        }
    }

    /** Makes an item the newest, wherever it stood before. */
    void add(MemorySegment rows, long offset, int id) {
        long at = offset + slotOffset;
        int count = rows.get(RowLayout.INT, at);
        int gone = indexOf(rows, at, count, id);
        if (gone == count && count < capacity) {
            rows.set(RowLayout.INT, at, count + 1);
            rows.set(RowLayout.INT, at + 4L * (count + 1), id);
            return;
        }
        int from = gone == count ? 0 : gone;
        long to = at + 4L * (from + 1);
        MemorySegment.copy(rows, to + Integer.BYTES, rows, to, 4L * (count - 1 - from));
        rows.set(RowLayout.INT, at + 4L * count, id);
    }

    private static int indexOf(MemorySegment rows, long at, int count, int id) {
        for (int i = 0; i < count; i++) {
            if (rows.get(RowLayout.INT, at + 4L * (i + 1)) == id) {
                return i;
            }
        }
        return count;
    }
}
