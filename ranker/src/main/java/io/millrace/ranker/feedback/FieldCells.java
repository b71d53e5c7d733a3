package io.millrace.ranker.feedback;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * The cells of one field's values, and where these stand in an item's row.
 *
 * @param name name of the field.
 * @param isList whether a row has a count and some ids, and not one id.
 * @param slotOffset where the field begins in a row, in bytes.
 * @param firstCell cell of id 0.
 */
@HotPath
record FieldCells(String name, boolean isList, long slotOffset, long firstCell) {
    /** How many values a row has. */
    int count(MemorySegment rows, long offset) {
        return isList ? rows.get(RowLayout.INT, offset + slotOffset) : 1;
    }

    /** Id of one of them. */
    int id(MemorySegment rows, long offset, int index) {
        int slot = isList ? index + 1 : 0;
        return rows.get(RowLayout.INT, offset + slotOffset + 4L * slot);
    }
}
