package io.millrace.ranker.tower;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.EmbeddingTable;

import java.lang.foreign.MemorySegment;

/**
 * The part of the query tower's input that comes from the watch history: the mean over the
 * embeddings of the watched items, and the mean over those of them that were watched for long.
 *
 * <p>Threading: immutable; the embeddings are the model's. Allocation: none.
 */
public final class HistoryInput {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final String WATCHED = "watched";
    private static final String LONG_WATCHED = "long_watched";

    private final EmbeddingTable items;
    private final long watchedAt;
    private final long longWatchedAt;
    private final int maxLength;

    HistoryInput(FeatureSchema schema, EmbeddingTable items) {
        RowLayout layout = schema.layout(FeatureScope.USER);
        FeatureField watched = schema.field(WATCHED);
        this.items = items;
        this.watchedAt = 4L * layout.slotOf(watched);
        this.longWatchedAt = 4L * layout.slotOf(schema.field(LONG_WATCHED));
        this.maxLength = watched.maxValues();
    }

    /**
     * Floats of this part: two pooled embeddings.
     *
     * @return the width.
     */
    public int width() {
        return 2 * items.dimension();
    }

    /**
     * The most items a history has.
     *
     * @return the limit.
     */
    public int maxLength() {
        return maxLength;
    }

    /**
     * Count of watched items.
     *
     * @param rows memory of the user rows.
     * @param offset where the row begins, in bytes.
     * @return the length of the history.
     */
    @HotPath
    public int length(MemorySegment rows, long offset) {
        return rows.get(RowLayout.INT, offset + watchedAt);
    }

    /**
     * Id of a watched item.
     *
     * @param rows memory of the user rows.
     * @param offset where the row begins, in bytes.
     * @param index which, oldest first.
     * @return its id in the table of items.
     */
    @HotPath
    public int item(MemorySegment rows, long offset, int index) {
        return rows.get(RowLayout.INT, offset + watchedAt + 4L * (index + 1));
    }

    /**
     * Whether an item was watched for long.
     *
     * @param rows memory of the user rows.
     * @param offset where the row begins, in bytes.
     * @param item its id in the table of items.
     * @return true when the list of long views has it.
     */
    @HotPath
    public boolean isLong(MemorySegment rows, long offset, int item) {
        int count = rows.get(RowLayout.INT, offset + longWatchedAt);
        for (int i = count; i > 0; i--) {
            if (rows.get(RowLayout.INT, offset + longWatchedAt + 4L * i) == item) {
                return true;
            }
        }
        return false;
    }

    /**
     * Writes this part of the input of one user.
     *
     * @param rows memory of the user rows.
     * @param offset where the row begins, in bytes.
     * @param out where to.
     * @param at index of the first float.
     */
    @HotPath
    public void gatherInto(MemorySegment rows, long offset, float[] out, int at) {
        int dimension = items.dimension();
        for (int i = at; i < at + 2 * dimension; i++) {
            out[i] = 0;
        }
        int count = length(rows, offset);
        int longCount = 0;
        for (int i = 0; i < count; i++) {
            int item = item(rows, offset, i);
            items.addInto(item, 1, out, at);
            if (isLong(rows, offset, item)) {
                items.addInto(item, 1, out, at + dimension);
                longCount++;
            }
        }
        if (count > 0) {
            ELEMENTS.scale(1f / count, out, at, dimension);
        }
        if (longCount > 0) {
            ELEMENTS.scale(1f / longCount, out, at + dimension, dimension);
        }
    }
}
