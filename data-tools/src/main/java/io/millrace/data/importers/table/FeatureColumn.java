package io.millrace.data.importers.table;

import io.millrace.data.importers.source.RejectedRow;
import io.millrace.index.attributes.Column;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import org.jspecify.annotations.Nullable;

/**
 * One attribute of users or items, as the source tells it, on its way to a declared feature. Rows
 * that are not set are missing.
 *
 * <p>Threading: one thread.
 */
public abstract sealed class FeatureColumn
        permits BucketColumn, CategoryColumn, NumberColumn, TagsColumn, WeightedTagsColumn {
    private final String name;

    /** A column without values. */
    FeatureColumn(String name) {
        this.name = name;
    }

    /**
     * Name of the feature.
     *
     * @return unique among those of the data set.
     */
    public final String name() {
        return name;
    }

    /**
     * Makes sure that a text can be a value.
     *
     * @param text as the source has it; empty is missing.
     * @throws RejectedRow when it cannot.
     */
    public abstract void check(String text) throws RejectedRow;

    /**
     * Sets a value.
     *
     * @param row row of the user or item.
     * @param text as the source has it, checked; empty is missing.
     */
    public abstract void set(int row, String text);

    /** The feature that follows, once all values are set. */
    abstract FeatureField field(FeatureScope scope);

    /** The vocabulary, null where the feature has none. */
    abstract @Nullable Vocabulary vocabulary();

    /** Writes the values as they are into the attribute of the name. */
    abstract void write(Column attribute, int rows);

    /** Writes the value of a row into the row that was appended last. */
    abstract void write(RowTable.Builder rows, FeatureSchema schema, int row);
}
