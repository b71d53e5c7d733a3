package io.millrace.data.importers.table;

import io.millrace.data.dataset.NumberScale;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.ValueEncoding;
import io.millrace.ranker.features.Vocabulary;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** A number of users or items. */
public final class NumberColumn extends FeatureColumn {
    private final ValueEncoding encoding;
    private float[] values;
    private int rows;

    /**
     * A column without values.
     *
     * @param name name of the feature.
     * @param encoding PLAIN or LOG.
     */
    public NumberColumn(String name, ValueEncoding encoding) {
        this(name, encoding, new float[0]);
    }

    /** A column whose values, already encoded, are known. */
    NumberColumn(String name, float[] values) {
        this(name, ValueEncoding.PLAIN, values);
    }

    private NumberColumn(String name, ValueEncoding encoding, float[] values) {
        super(name);
        this.encoding = encoding;
        this.values = values;
        this.rows = values.length;
    }

    @Override
    public void check(String text) throws RejectedRow {
        if (text.isEmpty()) {
            return;
        }
        try {
            if (!Float.isInfinite((float) Double.parseDouble(text))) {
                return;
            }
        } catch (NumberFormatException e) {
            throw new RejectedRow(name() + " is no number: " + text);
        }
        throw new RejectedRow(name() + " is not finite: " + text);
    }

    @Override
    public void set(int row, String text) {
        if (row >= values.length) {
            int from = values.length;
            values = Arrays.copyOf(values, Math.max(row + 1, from * 2));
            Arrays.fill(values, from, values.length, Float.NaN);
        }
        rows = Math.max(rows, row + 1);
        values[row] = text.isEmpty() ? Float.NaN : encoding.encode(Double.parseDouble(text));
    }

    @Override
    FeatureField field(FeatureScope scope) {
        NumberScale scale = NumberScale.of(Arrays.copyOf(values, rows));
        return FeatureField.numeric(scope, name(), scale.mean(), scale.standardDeviation())
                .withEncoding(encoding);
    }

    @Override
    @Nullable Vocabulary vocabulary() {
        return null;
    }

    @Override
    void write(RowTable.Builder builder, FeatureSchema schema, int row) {
        builder.number(schema.field(name()), row < rows ? values[row] : Float.NaN);
    }
}
