package io.millrace.data.importers.table;

import io.millrace.data.dataset.ItemAttributes;
import io.millrace.index.attributes.Column;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.ValueEncoding;
import io.millrace.ranker.features.Vocabulary;

import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** A category of users or items. */
public final class CategoryColumn extends FeatureColumn {
    private final int buckets;
    private final ValueCodes texts;
    private final IntArrayList codes = new IntArrayList(16, Integer.MIN_VALUE);

    private CategoryColumn(String name, int buckets, VocabularyRule rule) {
        super(name);
        this.buckets = buckets;
        this.texts = new ValueCodes(name, rule);
    }

    /**
     * A column without values, whose texts are hashed.
     *
     * @param name name of the feature.
     * @param buckets how many ids they are hashed to.
     * @return the column.
     */
    public static CategoryColumn hashed(String name, int buckets) {
        return new CategoryColumn(name, buckets, VocabularyRule.ALL);
    }

    /**
     * A column without values, whose texts make a vocabulary.
     *
     * @param name name of the feature.
     * @param rule which of them.
     * @return the column.
     */
    public static CategoryColumn withVocabulary(String name, VocabularyRule rule) {
        return new CategoryColumn(name, 0, rule);
    }

    @Override
    public void check(String text) {
        // Any text names a category.
    }

    @Override
    public void set(int row, String text) {
        while (codes.size() <= row) {
            codes.addInt(ValueCodes.NONE);
        }
        codes.setInt(row, texts.codeOf(text));
    }

    @Override
    FeatureField field(FeatureScope scope) {
        return buckets == 0
                ? FeatureField.categorical(scope, name(), texts.vocabulary().cardinality())
                : FeatureField.categorical(scope, name(), buckets + FeatureField.FIRST)
                        .withEncoding(ValueEncoding.HASHED);
    }

    @Override
    @Nullable Vocabulary vocabulary() {
        return buckets == 0 ? texts.vocabulary() : null;
    }

    @Override
    void write(Column attribute, int rows) {
        var categories = (io.millrace.index.attributes.CategoryColumn) attribute;
        for (int row = 0; row < Math.min(rows, codes.size()); row++) {
            int code = codes.getInt(row);
            if (code != ValueCodes.NONE && ItemAttributes.isValue(texts.text(code))) {
                categories.set(row, texts.text(code));
            }
        }
    }

    @Override
    void write(RowTable.Builder rows, FeatureSchema schema, int row) {
        FeatureField field = schema.field(name());
        int code = row < codes.size() ? codes.getInt(row) : ValueCodes.NONE;
        rows.category(field, schema.idOf(field, code == ValueCodes.NONE ? "" : texts.text(code)));
    }
}
