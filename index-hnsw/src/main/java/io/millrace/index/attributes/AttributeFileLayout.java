package io.millrace.index.attributes;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What stands in a file of attributes: a section file of kind "ATTRIBS", format version 1.
 *
 * <pre>
 *   section "schema"         the schema as JSON
 *   section "rows"           one int64: how many rows
 *   section "cells"          the columns of a fixed width in the order of the schema, each padded to
 *                            a whole number of 64 rows: int64 8 bytes a row, float64 8 bytes (its
 *                            key, see {@link Float64Column}), bool 1 byte, category 4 bytes (its code)
 *   section "text-counts"    one int64 per attribute with a dictionary, in the order of the schema:
 *                            how many texts it has
 *   section "text-ends"      one int64 per text, those of the first dictionary first, in the order of
 *                            codes from 1: where it ends in "text-bytes"
 *   section "text-bytes"     the texts in UTF-8
 *   section "tag-counts"     one int32 per row for each tags attribute: how many tags the row has, -1
 *                            when they are missing
 *   section "tag-codes"      one int32 per tag, in the order of the counts: its code
 * </pre>
 *
 * Two rows with a category, 'a' and missing, and tags, none and 'x', 'a': rows 8 bytes, cells 256
 * (1, 0, zeros), text-counts 16 (1, 2), text-ends 24 (1, 2, 3), text-bytes 3 ("axa"), tag-counts 8
 * (0, 2), tag-codes 8 (1, 2).
 */
final class AttributeFileLayout {
    static final String KIND = "ATTRIBS";
    static final int VERSION = 1;

    static final String SCHEMA = "schema";
    static final String ROWS = "rows";
    static final String CELLS = "cells";
    static final String TEXT_COUNTS = "text-counts";
    static final String TEXT_ENDS = "text-ends";
    static final String TEXT_BYTES = "text-bytes";
    static final String TAG_COUNTS = "tag-counts";
    static final String TAG_CODES = "tag-codes";

    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Scans read 64 rows at a time. */
    private static final long ROW_STEP = 64;

    private AttributeFileLayout() {}

    /** Rows with those that fill up the last 64. */
    static long paddedRows(int rows) {
        return (rows + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
    }

    /** Bytes of a column within "cells"; 0 when it is not there. */
    static long columnBytes(Attribute attribute, int rows) {
        return paddedRows(rows) * attribute.kind().cellBytes();
    }

    /** Bytes of "cells". */
    static long cellBytes(AttributeSchema schema, int rows) {
        long sum = 0;
        for (Attribute attribute : schema.attributes()) {
            sum += columnBytes(attribute, rows);
        }
        return sum;
    }
}
