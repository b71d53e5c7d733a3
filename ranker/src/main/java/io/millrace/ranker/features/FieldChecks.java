package io.millrace.ranker.features;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Refuses fields whose keys contradict each other; each error names the key to change. */
final class FieldChecks {
    private static final int MAX_CROSSED = 8;

    private FieldChecks() {}

    /** Keys that a schema file leaves out arrive here as null. */
    static <T> T requireKey(String key, String field, @Nullable T value) {
        if (value == null) {
            throw MillraceException.badInput(
                    "a key is missing: key=%s, field=%s; add it to the schema", key, field);
        }
        return value;
    }

    static void check(FeatureField field) {
        if (field.name().isBlank()) {
            throw MillraceException.badInput(
                    "a feature has no name: scope=%s; name it in the schema", field.scope());
        }
        if (field.kind() == FeatureKind.NUMERIC) {
            checkNumber(field);
        } else {
            checkIds(field);
        }
        checkValues(field);
        checkTable(field);
        checkEncoding(field);
        checkContext(field);
        checkBounds(field);
        checkCross(field);
        checkPooling(field);
        checkRate(field);
    }

    private static void checkIds(FeatureField field) {
        ValueEncoding encoding = field.encoding();
        boolean isHash = encoding == ValueEncoding.HASHED || encoding == ValueEncoding.CROSSED;
        int least = isHash ? FeatureField.FIRST + 1 : FeatureField.FIRST;
        if (field.cardinality() < least) {
            throw MillraceException.badInput(
                    "cardinality too small: field=%s, cardinality=%d, least=%d; count the ids 0 and"
                            + " 1 in",
                    field.name(), field.cardinality(), least);
        }
        if (field.mean() != 0 || field.standardDeviation() != 1) {
            throw MillraceException.badInput(
                    "ids have no scale: field=%s, mean=%s, standardDeviation=%s; set 0 and 1",
                    field.name(), field.mean(), field.standardDeviation());
        }
    }

    private static void checkNumber(FeatureField field) {
        float deviation = field.standardDeviation();
        if (!(deviation > 0) || !Float.isFinite(deviation) || !Float.isFinite(field.mean())) {
            throw MillraceException.badInput(
                    "bad scale of a number: field=%s, mean=%s, standardDeviation=%s; both finite,"
                            + " the second above 0",
                    field.name(), field.mean(), deviation);
        }
        if (field.cardinality() != 0) {
            throw MillraceException.badInput(
                    "a number has no ids: field=%s, cardinality=%d; set cardinality to 0",
                    field.name(), field.cardinality());
        }
    }

    private static void checkValues(FeatureField field) {
        int most = field.isList() ? FeatureField.MAX_VALUES_LIMIT : 1;
        if (field.maxValues() < 1 || field.maxValues() > most) {
            throw MillraceException.badInput(
                    "bad count of values: field=%s, kind=%s, maxValues=%d, limit=%d; correct"
                            + " maxValues",
                    field.name(), field.kind(), field.maxValues(), most);
        }
    }

    private static void checkTable(FeatureField field) {
        if (field.hasTable() && field.table().isBlank()) {
            throw MillraceException.badInput(
                    "no embedding table: field=%s; set table, as a rule to its name", field.name());
        }
        if (!field.hasTable() && !field.table().isEmpty()) {
            throw MillraceException.badInput(
                    "a number has no embeddings: field=%s, encoding=%s, table=%s; set table to an"
                            + " empty text",
                    field.name(), field.encoding(), field.table());
        }
    }

    private static void checkEncoding(FeatureField field) {
        FeatureKind kind = field.kind();
        boolean isOfContext = field.scope() == FeatureScope.CONTEXT;
        boolean isFit =
                switch (field.encoding()) {
                    case PLAIN -> true;
                    case LOG -> kind == FeatureKind.NUMERIC;
                    case HASHED ->
                            !isOfContext && (kind == FeatureKind.CATEGORICAL || field.isTags());
                    case CROSSED, CYCLIC -> kind == FeatureKind.CATEGORICAL;
                    case QUANTILES -> !isOfContext && kind == FeatureKind.CATEGORICAL;
                    case RATE -> kind == FeatureKind.NUMERIC;
                };
        if (!isFit) {
            throw MillraceException.badInput(
                    "encoding does not fit the field: field=%s, scope=%s, kind=%s, encoding=%s; LOG"
                            + " is for numbers, HASHED for categories and tags, QUANTILES for"
                            + " categories, the last two of users and items, CROSSED and"
                            + " CYCLIC for categories, RATE for numbers",
                    field.name(), field.scope(), kind, field.encoding());
        }
    }

    private static void checkContext(FeatureField field) {
        boolean isOfContext = field.scope() == FeatureScope.CONTEXT;
        ContextSource source = field.source();
        if (isOfContext && field.kind() != FeatureKind.CATEGORICAL) {
            throw MillraceException.badInput(
                    "a context feature must be categorical: field=%s, kind=%s; bucketise it",
                    field.name(), field.kind());
        }
        if (!isOfContext && source != ContextSource.REQUEST) {
            throw MillraceException.badInput(
                    "only context features have a source: field=%s, source=%s; set REQUEST",
                    field.name(), source);
        }
        int codes = field.cardinality() - FeatureField.FIRST;
        int most = isOfContext ? codes - 1 : -1;
        if (field.servingDefault() < -1 || field.servingDefault() > Math.max(-1, most)) {
            throw MillraceException.badInput(
                    "serving default is no code of the field: field=%s, scope=%s,"
                            + " servingDefault=%d, codes=%d; set -1 for missing",
                    field.name(), field.scope(), field.servingDefault(), codes);
        }
        if (isOfContext && codes < source.codes()) {
            throw MillraceException.badInput(
                    "fewer codes than the source gives: field=%s, source=%s, cardinality=%d,"
                            + " least=%d; raise cardinality",
                    field.name(), source, field.cardinality(), source.codes() + FeatureField.FIRST);
        }
    }

    private static void checkBounds(FeatureField field) {
        List<Float> bounds = field.bounds();
        boolean hasBuckets = field.encoding() == ValueEncoding.QUANTILES;
        int buckets = hasBuckets ? field.cardinality() - FeatureField.FIRST : 1;
        if (bounds.size() != buckets - 1) {
            throw MillraceException.badInput(
                    "count of bounds does not fit the field: field=%s, encoding=%s, bounds=%d,"
                            + " expected=%d; QUANTILES has one less than buckets, and two ids more"
                            + " than buckets as cardinality",
                    field.name(), field.encoding(), bounds.size(), buckets - 1);
        }
        for (int i = 0; i < bounds.size(); i++) {
            float bound = bounds.get(i);
            if (!Float.isFinite(bound) || (i > 0 && !(bound > bounds.get(i - 1)))) {
                throw MillraceException.badInput(
                        "bounds do not ascend: field=%s, index=%d, bound=%s; sort them, each once,"
                                + " all finite",
                        field.name(), i, bound);
            }
        }
    }

    private static void checkCross(FeatureField field) {
        boolean isCross = field.encoding() == ValueEncoding.CROSSED;
        int crossed = field.crossOf().size();
        if (isCross ? crossed < 2 || crossed > MAX_CROSSED : crossed > 0) {
            throw MillraceException.badInput(
                    "bad count of crossed fields: field=%s, encoding=%s, crossOf=%s, limit=%d;"
                            + " CROSSED needs two or more, others none",
                    field.name(), field.encoding(), field.crossOf(), isCross ? MAX_CROSSED : 0);
        }
        boolean hasOwnValue =
                field.source() != ContextSource.REQUEST || field.servingDefault() != -1;
        if (isCross && hasOwnValue) {
            throw MillraceException.badInput(
                    "a crossed field has no value of its own: field=%s, source=%s,"
                            + " servingDefault=%d; set REQUEST and -1",
                    field.name(), field.source(), field.servingDefault());
        }
    }

    private static void checkPooling(FeatureField field) {
        SequencePooling pooling = field.pooling();
        boolean canBePooled =
                field.kind() == FeatureKind.SEQUENCE && field.scope() == FeatureScope.USER;
        if (pooling != null && !canBePooled) {
            throw MillraceException.badInput(
                    "only a user's sequence is pooled otherwise than by the mean: field=%s,"
                            + " scope=%s, kind=%s, pooling=%s; remove pooling",
                    field.name(), field.scope(), field.kind(), pooling.form());
        }
    }

    private static void checkRate(FeatureField field) {
        boolean isRate = field.encoding() == ValueEncoding.RATE;
        if (isRate != (field.rate() != null)
                || isRate != (field.scope() == FeatureScope.IMPRESSION)) {
            throw MillraceException.badInput(
                    "a rate, and nothing else, is of an impression: field=%s, scope=%s,"
                            + " encoding=%s, rate=%s; set IMPRESSION and RATE and say what it is"
                            + " the rate of, or remove rate",
                    field.name(), field.scope(), field.encoding(), field.rate());
        }
    }

    /** Refuses rates of what the items of a schema don't have, or that fade at different paces. */
    static void checkRates(Map<String, FeatureField> fields, List<FeatureField> rates) {
        for (FeatureField field : rates) {
            FeatureRate rate = rateOf(field);
            FeatureField of = fields.get(rate.of());
            boolean isCounted =
                    of != null
                            && of.scope() == FeatureScope.ITEM
                            && (of.kind() == FeatureKind.CATEGORICAL || of.isTags());
            if (!isCounted) {
                throw MillraceException.badInput(
                        "a rate of what items don't have: field=%s, of=%s; name a category or tags"
                                + " of the items",
                        field.name(), rate.of());
            }
            int halfLifeMinutes = rateOf(rates.getFirst()).halfLifeMinutes();
            if (rate.halfLifeMinutes() != halfLifeMinutes) {
                throw MillraceException.badInput(
                        "rates of different half-lives: field=%s, halfLifeMinutes=%d, other=%d;"
                                + " give them the same",
                        field.name(), rate.halfLifeMinutes(), halfLifeMinutes);
            }
        }
    }

    private static FeatureRate rateOf(FeatureField field) {
        return Objects.requireNonNull(field.rate(), "checked when the field was made");
    }
}
