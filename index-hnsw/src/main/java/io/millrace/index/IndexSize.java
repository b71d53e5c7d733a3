package io.millrace.index;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.NodeLayout;
import io.millrace.index.graph.RowLayout;

/**
 * What an {@link HnswIndex} takes, known before it is built: to the byte, but for the peak of the
 * build. Under INNER_PRODUCT rows of unequal length have one dimension more; plan with that.
 *
 * <p>Threading: immutable.
 *
 * @param recordBytes memory of one row with its links.
 * @param nodeBytes memory of all of those.
 * @param upperBytes memory of the upper levels and of the hubs that take their place.
 * @param idBytes memory of ids and the way back from them.
 * @param fileBytes length of the file, without a recall curve.
 * @param buildPeakBytes about the most memory while it is built, the rows it is built from
 *     included.
 */
public record IndexSize(
        long recordBytes,
        long nodeBytes,
        long upperBytes,
        long idBytes,
        long fileBytes,
        long buildPeakBytes) {
    /** Order 4, level 1, start 4, reverse links 4, place and home 8, the caller's id 8. */
    private static final long BUILD_BYTES_PER_ROW = 29;

    /**
     * The sizes of an index.
     *
     * @param rows how many rows, from 1.
     * @param dimension numbers per row.
     * @param parameters how it will be built.
     * @return the sizes.
     * @throws MillraceException when there can't be such an index.
     */
    public static IndexSize of(int rows, int dimension, HnswParameters parameters) {
        requireRows(rows);
        // Before the form, which takes any dimension.
        RowLayout given = RowLayout.floats(dimension);
        StoredForm form =
                StoredForm.of(
                        parameters.metric(),
                        given.dimension(),
                        0,
                        parameters.layout() == GraphLayout.INLINED);
        NodeLayout layout = parameters.nodeLayout(form);
        long nodes = rows * layout.strideBytes();
        long starts = (rows + 1L) * Integer.BYTES;
        long lists = GraphMemory.upperListBytes(rows, layout.maxConnections(), parameters.seed());
        long hubs = GraphMemory.hubBytes(layout, rows, parameters.seed());
        long ids = ItemIds.bytes(rows);
        long file =
                SectionFileWriter.fileBytes(
                        HnswFileLayout.META_LENGTH, (long) rows * Long.BYTES, nodes, starts, lists);
        // Every thread notes which nodes it has seen.
        long building = rows * (BUILD_BYTES_PER_ROW + parameters.threads());
        long peak = nodes + starts + lists + ids + rows * VectorSet.strideOf(dimension) + building;
        return new IndexSize(layout.strideBytes(), nodes, starts + lists + hubs, ids, file, peak);
    }

    /**
     * The sizes of exact search over rows, which are read in place and have no file.
     *
     * @param rows how many rows, from 1.
     * @param dimension numbers per row.
     * @return the sizes; the rows alone for the build.
     * @throws MillraceException when there can't be such an index.
     */
    public static IndexSize flat(int rows, int dimension) {
        requireRows(rows);
        long stride = RowLayout.floats(dimension).rowBytes();
        long ids = ItemIds.bytes(rows);
        long given = (long) rows * Long.BYTES;
        return new IndexSize(stride, rows * stride, 0, ids, 0, rows * stride + ids + given);
    }

    private static void requireRows(int rows) {
        if (rows < 1) {
            throw MillraceException.usage(
                    "nothing to plan: items=%d, least=1; give how many there will be", rows);
        }
    }

    /**
     * Memory of the index.
     *
     * @return bytes.
     */
    public long memoryBytes() {
        return nodeBytes + upperBytes + idBytes;
    }
}
