package io.millrace.data.importers.mapped;

import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.table.CategoryColumn;
import io.millrace.data.importers.table.FeatureColumn;
import io.millrace.data.importers.table.NumberColumn;
import io.millrace.data.importers.table.TagsColumn;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.ValueEncoding;

import org.jspecify.annotations.Nullable;

/**
 * A column of the source that becomes a feature under its own name.
 *
 * @param column name of the column.
 * @param scope whose feature it is.
 * @param kind CATEGORICAL, NUMERIC or TAGS; CATEGORICAL for the context.
 * @param encoding LOG for a number with a heavy tail, HASHED for a category of very many values;
 *     PLAIN where it is left out.
 * @param buckets how many ids a hashed category has.
 * @param separator between tags; a pipe where it is left out.
 * @param maxValues the most tags of a row.
 */
public record MappedFeature(
        String column,
        FeatureScope scope,
        FeatureKind kind,
        @Nullable ValueEncoding encoding,
        @Nullable Integer buckets,
        @Nullable String separator,
        @Nullable Integer maxValues) {
    private static final int DEFAULT_BUCKETS = 1 << 15;
    private static final int DEFAULT_MAX_VALUES = 10;
    private static final String DEFAULT_SEPARATOR = "|";

    /** Validates. */
    public MappedFeature {
        Mapping.require("column", column);
        Mapping.require("scope of " + column, scope);
        Mapping.require("kind of " + column, kind);
        boolean isGood =
                switch (kind) {
                    case CATEGORICAL ->
                            encoding != ValueEncoding.LOG
                                    && (scope != FeatureScope.CONTEXT
                                            || encoding != ValueEncoding.HASHED);
                    case NUMERIC ->
                            encoding != ValueEncoding.HASHED && scope != FeatureScope.CONTEXT;
                    case TAGS ->
                            (encoding == null || encoding == ValueEncoding.PLAIN)
                                    && scope != FeatureScope.CONTEXT;
                    case SEQUENCE -> false;
                };
        if (!isGood) {
            throw MillraceException.badInput(
                    "no such feature can be made: column=%s, scope=%s, kind=%s, encoding=%s; the"
                            + " context takes plain categories, LOG is for numbers, HASHED for"
                            + " categories of users and items, sequences follow from the events",
                    column, scope, kind, encoding);
        }
        Mapping.requireRange("buckets", buckets, 1, 1 << 24);
        Mapping.requireRange("maxValues", maxValues, 1, FeatureField.MAX_VALUES_LIMIT);
    }

    /** The column of a user or an item, without values yet. */
    FeatureColumn newColumn() {
        return switch (kind) {
            case CATEGORICAL ->
                    new CategoryColumn(
                            column,
                            encoding != ValueEncoding.HASHED
                                    ? 0
                                    : buckets == null ? DEFAULT_BUCKETS : buckets);
            case NUMERIC ->
                    new NumberColumn(column, encoding == null ? ValueEncoding.PLAIN : encoding);
            case TAGS, SEQUENCE ->
                    new TagsColumn(
                            column,
                            separator == null || separator.isEmpty()
                                    ? DEFAULT_SEPARATOR
                                    : separator,
                            maxValues == null ? DEFAULT_MAX_VALUES : maxValues);
        };
    }
}
