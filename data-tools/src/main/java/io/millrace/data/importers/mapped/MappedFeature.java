package io.millrace.data.importers.mapped;

import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.table.BucketColumn;
import io.millrace.data.importers.table.CategoryColumn;
import io.millrace.data.importers.table.FeatureColumn;
import io.millrace.data.importers.table.NumberColumn;
import io.millrace.data.importers.table.TagsColumn;
import io.millrace.data.importers.table.VocabularyRule;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.ValueEncoding;

import org.jspecify.annotations.Nullable;

/**
 * A column of the source that becomes a feature.
 *
 * @param column name of the column.
 * @param name name of the feature, so that a column may become several; that of the column where it
 *     is left out.
 * @param scope whose feature it is.
 * @param kind CATEGORICAL, NUMERIC or TAGS; CATEGORICAL for the context.
 * @param encoding LOG for a number with a heavy tail, HASHED for a category of very many values,
 *     QUANTILES for a number that becomes a category of buckets; PLAIN where it is left out.
 * @param buckets how many ids a hashed category has, or the most buckets of a number.
 * @param separator between tags; a pipe where it is left out.
 * @param maxValues the most tags of a row.
 * @param leastCount how often a value must be met to stand in the vocabulary; once where it is left
 *     out.
 * @param mostValues the most values of a vocabulary; a million where it is left out.
 */
public record MappedFeature(
        String column,
        String name,
        FeatureScope scope,
        FeatureKind kind,
        ValueEncoding encoding,
        @Nullable Integer buckets,
        @Nullable String separator,
        @Nullable Integer maxValues,
        @Nullable Integer leastCount,
        @Nullable Integer mostValues) {
    private static final int DEFAULT_HASHED = 1 << 15;
    private static final int DEFAULT_QUANTILES = 16;
    private static final int DEFAULT_MAX_VALUES = 10;
    private static final String DEFAULT_SEPARATOR = "|";

    /** Validates. */
    public MappedFeature {
        Mapping.require("column", column);
        name = valueOr(name, column);
        encoding = valueOr(encoding, ValueEncoding.PLAIN);
        Mapping.require("scope of " + column, scope);
        Mapping.require("kind of " + column, kind);
        boolean isGood =
                switch (kind) {
                    case CATEGORICAL ->
                            encoding == ValueEncoding.PLAIN
                                    || (scope != FeatureScope.CONTEXT
                                            && (encoding == ValueEncoding.HASHED
                                                    || encoding == ValueEncoding.QUANTILES));
                    case NUMERIC ->
                            (encoding == ValueEncoding.PLAIN || encoding == ValueEncoding.LOG)
                                    && scope != FeatureScope.CONTEXT;
                    case TAGS -> encoding == ValueEncoding.PLAIN && scope != FeatureScope.CONTEXT;
                    case SEQUENCE -> false;
                };
        if (!isGood) {
            throw MillraceException.badInput(
                    "no such feature can be made: column=%s, scope=%s, kind=%s, encoding=%s; the"
                            + " context takes plain categories, LOG is for numbers, HASHED and"
                            + " QUANTILES for categories of users and items, crosses stand under"
                            + " the key crosses, sequences follow from the events",
                    column, scope, kind, encoding);
        }
        Mapping.requireRange("buckets", buckets, 1, Mapping.MOST_BUCKETS);
        Mapping.requireRange("maxValues", maxValues, 1, FeatureField.MAX_VALUES_LIMIT);
        Mapping.requireRange("leastCount", leastCount, 1, Integer.MAX_VALUE);
        Mapping.requireRange("mostValues", mostValues, 1, Mapping.MOST_BUCKETS);
        boolean hasVocabulary = kind != FeatureKind.NUMERIC && encoding == ValueEncoding.PLAIN;
        if (!hasVocabulary && (leastCount != null || mostValues != null)) {
            throw MillraceException.badInput(
                    "a feature without a vocabulary: column=%s, kind=%s, encoding=%s; remove"
                            + " leastCount and mostValues",
                    column, kind, encoding);
        }
    }

    /** Which values make the vocabulary of a feature that has one. */
    VocabularyRule vocabularyRule() {
        return new VocabularyRule(
                valueOr(leastCount, VocabularyRule.ALL.leastCount()),
                valueOr(mostValues, VocabularyRule.ALL.mostValues()));
    }

    /** The column of a user or an item, without values yet. */
    FeatureColumn newColumn() {
        return switch (kind) {
            case CATEGORICAL ->
                    switch (encoding) {
                        case QUANTILES ->
                                new BucketColumn(name, valueOr(buckets, DEFAULT_QUANTILES));
                        case HASHED ->
                                CategoryColumn.hashed(name, valueOr(buckets, DEFAULT_HASHED));
                        case PLAIN, LOG, CROSSED, CYCLIC, RATE ->
                                CategoryColumn.withVocabulary(name, vocabularyRule());
                    };
            case NUMERIC -> new NumberColumn(name, encoding);
            case TAGS, SEQUENCE ->
                    new TagsColumn(
                            name,
                            tagSeparator(),
                            valueOr(maxValues, DEFAULT_MAX_VALUES),
                            vocabularyRule());
        };
    }

    /** What stands between tags. */
    String tagSeparator() {
        return separator == null || separator.isEmpty() ? DEFAULT_SEPARATOR : separator;
    }

    /** Keys that a file leaves out arrive as null. */
    private static <T> T valueOr(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
