package io.millrace.index;

import io.millrace.index.graph.RowType;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What stands in an index file: a section file of kind "HNSWIDX", format version 1.
 *
 * <pre>
 *   section "meta"          64 bytes, see below
 *   section "ids"           one int64 per row, in the order of ordinals
 *   section "nodes"         one record per row: vector and links of level 0 ({@link
 *                           io.millrace.index.graph.NodeLayout})
 *   section "upper-starts"  one int32 per row, and one more ({@link
 *                           io.millrace.index.graph.LayeredGraph})
 *   section "upper-lists"   links of the upper levels
 *   section "recall-curve"  may be missing: what recall is reached at what effort ({@link
 *                           io.millrace.index.recall.RecallCurveLayout})
 *
 *   meta:  0  int32    metric: 0 L2, 1 INNER_PRODUCT, 2 COSINE
 *          4  int32    dimension of the caller's vectors
 *          8  int32    rows
 *         12  int32    maxConnections
 *         16  int32    efConstruction
 *         20  int32    entry point, -1 without rows
 *         24  int64    seed
 *         32  float32  length that rows were brought to by one more dimension, else 0
 *         36  int32    layout of the records: 0 F32, 1 INLINED
 *         40  int32    bits per dimension of codes
 *         44  int32    type of the rows: 0 F32, 1 BF16, 2 INT8
 *         48  16 bytes zero
 * </pre>
 *
 * Two rows of 3 float32 under L2 with 2 connections: meta 64 bytes, ids 16, nodes 2 * 128 (vector
 * 0..11, zeros to 63, links 64..79, zeros to 127), upper-starts 12, upper-lists 0.
 */
final class HnswFileLayout {
    static final String KIND = "HNSWIDX";
    static final int VERSION = 1;

    static final String META = "meta";
    static final String IDS = "ids";
    static final String NODES = "nodes";
    static final String UPPER_STARTS = "upper-starts";
    static final String UPPER_LISTS = "upper-lists";

    static final int META_LENGTH = 64;
    static final int METRIC_OFFSET = 0;
    static final int DIMENSION_OFFSET = 4;
    static final int COUNT_OFFSET = 8;
    static final int MAX_CONNECTIONS_OFFSET = 12;
    static final int EF_CONSTRUCTION_OFFSET = 16;
    static final int ENTRY_OFFSET = 20;
    static final int SEED_OFFSET = 24;
    static final int LONGEST_OFFSET = 32;
    static final int LAYOUT_OFFSET = 36;
    static final int CODE_BITS_OFFSET = 40;
    static final int ROW_TYPE_OFFSET = 44;

    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private HnswFileLayout() {}

    /** Number of a layout in files; never change one. */
    static int code(GraphLayout layout) {
        return switch (layout) {
            case F32 -> 0;
            case INLINED -> 1;
        };
    }

    /** Number of a type of rows in files; never change one. */
    static int code(RowType type) {
        return switch (type) {
            case F32 -> 0;
            case BF16 -> 1;
            case INT8 -> 2;
        };
    }

    /** Number of a metric in files; never change one. */
    static int code(Metric metric) {
        return switch (metric) {
            case L2 -> 0;
            case INNER_PRODUCT -> 1;
            case COSINE -> 2;
        };
    }
}
