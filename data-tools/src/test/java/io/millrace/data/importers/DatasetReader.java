package io.millrace.data.importers;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.WeightedTags;

/** Reads single values of an imported data set. */
public final class DatasetReader {
    private final Dataset dataset;

    public DatasetReader(Dataset dataset) {
        this.dataset = dataset;
    }

    /** The categorical id of a user or an item. */
    public int id(RowTable rows, String field, int row) {
        return rows.segment().get(RowLayout.INT, at(rows, field, row));
    }

    /** The number of a user or an item. */
    public float number(RowTable rows, String field, int row) {
        return rows.segment().get(RowLayout.FLOAT, at(rows, field, row));
    }

    /** The ids of a list of a user or an item. */
    public int[] list(RowTable rows, String field, int row) {
        long at = at(rows, field, row);
        int[] values = new int[rows.segment().get(RowLayout.INT, at)];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.segment().get(RowLayout.INT, at + 4L * (i + 1));
        }
        return values;
    }

    /** The shares of weighted tags of a user or an item. */
    public float[] shares(RowTable rows, String field, int row) {
        FeatureField declared = dataset.schema().field(field);
        float[] shares = new float[list(rows, field, row).length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = WeightedTags.share(declared, i, rows.segment(), at(rows, field, row));
        }
        return shares;
    }

    /** The id of a context field of an impression. */
    public int context(InteractionTable table, String field, long index) {
        RowLayout layout = dataset.schema().layout(FeatureScope.CONTEXT);
        long slot = layout.slotOf(dataset.schema().field(field));
        return table.contextSegment().get(RowLayout.INT, table.contextOffset(index) + 4L * slot);
    }

    private long at(RowTable rows, String field, int row) {
        return rows.offset(row) + 4L * rows.layout().slotOf(dataset.schema().field(field));
    }
}
