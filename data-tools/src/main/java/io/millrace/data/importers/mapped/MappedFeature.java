package io.millrace.data.importers.mapped;

import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;
import io.millrace.data.importers.table.BucketColumn;
import io.millrace.data.importers.table.CategoryColumn;
import io.millrace.data.importers.table.FeatureColumn;
import io.millrace.data.importers.table.NumberColumn;
import io.millrace.data.importers.table.TagsColumn;
import io.millrace.data.importers.table.VocabularyRule;
import io.millrace.data.importers.table.WeightedTagsColumn;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.ValueEncoding;

import org.jspecify.annotations.Nullable;

import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * A column of the source that becomes a feature.
 *
 * @param column name of the column.
 * @param name name of the feature, so that a column may become several; that of the column where it
 *     is left out.
 * @param scope whose feature it is.
 * @param kind CATEGORICAL, NUMERIC, TAGS or WEIGHTED_TAGS; CATEGORICAL for the context.
 * @param encoding LOG for a number with a heavy tail, HASHED for a category of very many values,
 *     QUANTILES for a number that becomes a category of buckets; PLAIN where it is left out.
 * @param buckets how many ids a hashed category has, or the most buckets of a number.
 * @param separator between tags; a pipe where it is left out.
 * @param maxValues the most tags of a row.
 * @param weights name of another column, which has the weights of weighted tags, as many as there
 *     are tags and between the same separators; where it is left out each tag is followed by its
 *     weight.
 * @param weightSeparator between a tag and its weight; a colon where it is left out.
 * @param leastCount how often a value must be met to stand in the vocabulary; once where it is left
 *     out.
 * @param mostValues the most values of a vocabulary; a million where it is left out.
 * @param servedAs the value of a category of the context that requests have which say nothing of
 *     it; where it is left out it is missing then. As of the position on a page: its effect on
 *     clicks is learnt as that of a feature, and set to one for all candidates while serving
 *     (Haldar et al., Improving deep learning for Airbnb search, KDD 2020).
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
        @Nullable String weights,
        @Nullable String weightSeparator,
        @Nullable Integer leastCount,
        @Nullable Integer mostValues,
        @Nullable String servedAs) {
    private static final int DEFAULT_HASHED = 1 << 15;
    private static final int DEFAULT_QUANTILES = 16;
    private static final int DEFAULT_MAX_VALUES = 10;
    private static final String DEFAULT_SEPARATOR = "|";
    private static final String DEFAULT_WEIGHT_SEPARATOR = ":";

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
                    case TAGS, WEIGHTED_TAGS ->
                            encoding == ValueEncoding.PLAIN && scope != FeatureScope.CONTEXT;
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
        if (servedAs != null && scope != FeatureScope.CONTEXT) {
            throw MillraceException.badInput(
                    "only the context can be served as another value: column=%s, scope=%s,"
                            + " servedAs=%s; remove servedAs",
                    column, scope, servedAs);
        }
        Mapping.requireRange("buckets", buckets, 1, Mapping.MOST_BUCKETS);
        Mapping.requireRange("maxValues", maxValues, 1, FeatureField.MAX_VALUES_LIMIT);
        boolean isWeighted = kind == FeatureKind.WEIGHTED_TAGS;
        boolean saysWeights = weights != null || weightSeparator != null;
        if ((saysWeights && !isWeighted) || (weights != null && weightSeparator != null)) {
            throw MillraceException.badInput(
                    "weights that cannot be read: column=%s, kind=%s, weights=%s,"
                            + " weightSeparator=%s; give WEIGHTED_TAGS one of the two, and others"
                            + " none",
                    column, kind, weights, weightSeparator);
        }
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
            case WEIGHTED_TAGS ->
                    new WeightedTagsColumn(
                            name,
                            tagSeparator(),
                            weights == null
                                    ? betweenTagAndWeight()
                                    : WeightedTagsColumn.UNIT_SEPARATOR,
                            valueOr(maxValues, DEFAULT_MAX_VALUES),
                            vocabularyRule());
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

    private String betweenTagAndWeight() {
        return weightSeparator == null || weightSeparator.isEmpty()
                ? DEFAULT_WEIGHT_SEPARATOR
                : weightSeparator;
    }

    /** The value in a row, together with the weights that stand in a column of their own. */
    String text(SourceRow row) throws RejectedRow {
        String text = row.text(column);
        String numbers = weights == null ? "" : row.text(weights);
        if (numbers.isEmpty()) {
            return text;
        }
        String[] tags = text.split(Pattern.quote(tagSeparator()), -1);
        String[] each = numbers.split(Pattern.quote(tagSeparator()), -1);
        if (tags.length != each.length) {
            throw new RejectedRow(
                    weights + " are " + each.length + " for " + tags.length + " of " + column);
        }
        StringJoiner joined = new StringJoiner(tagSeparator());
        for (int i = 0; i < tags.length; i++) {
            joined.add(tags[i] + WeightedTagsColumn.UNIT_SEPARATOR + each[i]);
        }
        return joined.toString();
    }

    /** Keys that a file leaves out arrive as null. */
    private static <T> T valueOr(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
