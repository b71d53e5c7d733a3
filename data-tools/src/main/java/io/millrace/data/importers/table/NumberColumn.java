package io.millrace.data.importers.table;

import io.millrace.data.dataset.NumberScale;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.index.attributes.Column;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.ValueEncoding;
import io.millrace.ranker.features.Vocabulary;

import org.jspecify.annotations.Nullable;

/** A number of users or items. */
public final class NumberColumn extends FeatureColumn {
    private final ValueEncoding encoding;
    private final NumberTexts values;

    /**
     * A column without values.
     *
     * @param name name of the feature.
     * @param encoding PLAIN or LOG.
     */
    public NumberColumn(String name, ValueEncoding encoding) {
        super(name);
        this.encoding = encoding;
        this.values = new NumberTexts();
    }

    /** A column whose values, already encoded, are known. */
    NumberColumn(String name, float[] values) {
        super(name);
        this.encoding = ValueEncoding.PLAIN;
        this.values = new NumberTexts(values);
    }

    @Override
    public void check(String text) throws RejectedRow {
        NumberTexts.check(name(), text);
    }

    @Override
    public void set(int row, String text) {
        values.set(row, NumberTexts.parse(text));
    }

    @Override
    FeatureField field(FeatureScope scope) {
        NumberScale scale = NumberScale.of(values.encoded(encoding));
        return FeatureField.numeric(scope, name(), scale.mean(), scale.standardDeviation())
                .withEncoding(encoding);
    }

    @Override
    @Nullable Vocabulary vocabulary() {
        return null;
    }

    @Override
    void write(Column attribute, int rows) {
        values.write(attribute, rows);
    }

    @Override
    void write(RowTable.Builder builder, FeatureSchema schema, int row) {
        builder.number(schema.field(name()), encoding.encode(values.get(row)));
    }
}
