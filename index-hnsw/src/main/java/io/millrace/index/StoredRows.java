package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.index.graph.RowSpace;

/**
 * Reads rows as the caller gave them.
 *
 * <p>Threading: any thread. Allocation: once per thread.
 */
final class StoredRows {
    private final StoredForm form;
    private final RowSpace space;
    private final ThreadLocal<float[]> rows;

    StoredRows(StoredForm form, RowSpace space) {
        this.form = form;
        this.space = space;
        rows = ThreadLocal.withInitial(() -> new float[space.paddedDimension()]);
    }

    /** Copies a row in the caller's form. */
    @HotPath
    void copyInto(int ordinal, float[] target, int index) {
        float[] row = rows.get();
        space.copyInto(ordinal, row);
        form.fromStored(row);
        System.arraycopy(row, 0, target, index, form.dimension());
    }
}
