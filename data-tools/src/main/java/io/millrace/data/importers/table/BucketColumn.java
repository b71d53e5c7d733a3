package io.millrace.data.importers.table;

import io.millrace.data.dataset.NumberQuantiles;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.index.attributes.Column;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.ValueEncoding;
import io.millrace.ranker.features.Vocabulary;

import org.jspecify.annotations.Nullable;

/** A number of users or items that is declared by the bucket it falls in. */
public final class BucketColumn extends FeatureColumn {
    private final int buckets;
    private final NumberTexts values = new NumberTexts();

    /**
     * A column without values.
     *
     * @param name name of the feature.
     * @param buckets the most buckets; numbers that are met very often leave fewer.
     */
    public BucketColumn(String name, int buckets) {
        super(name);
        this.buckets = buckets;
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
        return FeatureField.quantiles(
                scope,
                name(),
                NumberQuantiles.bounds(values.encoded(ValueEncoding.PLAIN), buckets));
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
    void write(RowTable.Builder rows, FeatureSchema schema, int row) {
        FeatureField field = schema.field(name());
        rows.category(field, field.bucketId((float) values.get(row)));
    }
}
