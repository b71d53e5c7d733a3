package io.millrace.ranker.features;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One declared feature.
 *
 * <p>Ids of categorical fields, tags and sequences run from 0 to {@code cardinality - 1}; {@link
 * #MISSING} is 0, {@link #UNSEEN} is 1, the first value of the vocabulary is {@link #FIRST}. Fields
 * of one {@code table} share their embeddings: the item id and the watch history both use table
 * {@code item}, where the id is the item's ordinal + 2.
 *
 * @param name unique in the schema.
 * @param scope whose feature it is.
 * @param kind what its value is.
 * @param cardinality count of ids, the two reserved ones included; 0 for numbers.
 * @param maxValues the most values of tags and sequences; 1 otherwise.
 * @param table name of the embedding table; empty for numbers and {@link ValueEncoding#CYCLIC}
 *     categories.
 * @param mean mean of a number over its rows, missing ones left out; 0 otherwise.
 * @param standardDeviation deviation of a number, above 0; 1 otherwise.
 * @param source where a context value comes from when the request does not name it.
 * @param servingDefault raw code a context field takes when neither request nor source gives one;
 *     -1 is missing.
 * @param encoding how a raw value becomes what a row holds; {@link ValueEncoding#PLAIN} in schemas
 *     that do not say.
 * @param bounds ascending numbers at which the next bucket of a {@link ValueEncoding#QUANTILES}
 *     field begins; empty otherwise, and left out of the file then.
 * @param crossOf names of the categories a {@link ValueEncoding#CROSSED} field is made of, of the
 *     same scope; empty otherwise, and left out of the file then.
 * @param pooling how the ranker makes one vector of a sequence; null and left out of the file for
 *     the mean, and for what is no sequence.
 * @param rate what a {@link ValueEncoding#RATE} field is the rate of; null and left out of the file
 *     otherwise.
 */
public record FeatureField(
        String name,
        FeatureScope scope,
        FeatureKind kind,
        int cardinality,
        int maxValues,
        String table,
        float mean,
        float standardDeviation,
        ContextSource source,
        int servingDefault,
        ValueEncoding encoding,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Float> bounds,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> crossOf,
        @Nullable SequencePooling pooling,
        @Nullable FeatureRate rate) {
    /** Id of a value that is not known. */
    public static final int MISSING = 0;

    /** Id of a value the vocabulary does not have. */
    public static final int UNSEEN = 1;

    /** Id of the first value of the vocabulary. */
    public static final int FIRST = 2;

    /** Table of item ids. */
    public static final String ITEM_TABLE = "item";

    /** Table of user ids. */
    public static final String USER_TABLE = "user";

    /** Most values of tags or a sequence. */
    public static final int MAX_VALUES_LIMIT = 1024;

    /** Validates; keys that older schema files do not have arrive as null. */
    public FeatureField(
            String name,
            FeatureScope scope,
            FeatureKind kind,
            int cardinality,
            int maxValues,
            String table,
            float mean,
            float standardDeviation,
            ContextSource source,
            int servingDefault,
            @Nullable ValueEncoding encoding,
            @Nullable List<Float> bounds,
            @Nullable List<String> crossOf,
            @Nullable SequencePooling pooling,
            @Nullable FeatureRate rate) {
        this.name = FieldChecks.requireKey("name", "(field)", name);
        this.scope = FieldChecks.requireKey("scope", name, scope);
        this.kind = FieldChecks.requireKey("kind", name, kind);
        this.cardinality = cardinality;
        this.maxValues = maxValues;
        this.table = FieldChecks.requireKey("table", name, table);
        this.mean = mean;
        this.standardDeviation = standardDeviation;
        this.source = FieldChecks.requireKey("source", name, source);
        this.servingDefault = servingDefault;
        this.encoding = encoding == null ? ValueEncoding.PLAIN : encoding;
        this.bounds = bounds == null ? List.of() : List.copyOf(bounds);
        this.crossOf = crossOf == null ? List.of() : List.copyOf(crossOf);
        this.pooling = pooling;
        this.rate = rate;
        FieldChecks.check(this);
    }

    /**
     * A categorical feature with a table of its own.
     *
     * @param scope USER or ITEM.
     * @param name name of the field and its table.
     * @param cardinality count of ids.
     * @return the field.
     */
    public static FeatureField categorical(FeatureScope scope, String name, int cardinality) {
        return categorical(scope, name, cardinality, name);
    }

    /**
     * A categorical feature that shares a table.
     *
     * @param scope USER or ITEM.
     * @param name name of the field.
     * @param cardinality count of ids.
     * @param table name of the table.
     * @return the field.
     */
    public static FeatureField categorical(
            FeatureScope scope, String name, int cardinality, String table) {
        return ids(scope, name, FeatureKind.CATEGORICAL, cardinality, 1, table);
    }

    /**
     * A number as the bucket it falls in, which has an embedding like a category.
     *
     * @param scope USER or ITEM.
     * @param name name of the field and its table.
     * @param bounds ascending numbers; bucket 0 ends before the first of them.
     * @return the field; its cardinality is the count of bounds + 3.
     */
    public static FeatureField quantiles(FeatureScope scope, String name, List<Float> bounds) {
        return new FeatureField(
                name,
                scope,
                FeatureKind.CATEGORICAL,
                bounds.size() + 1 + FIRST,
                1,
                name,
                0,
                1,
                ContextSource.REQUEST,
                -1,
                ValueEncoding.QUANTILES,
                bounds,
                List.of(),
                null,
                null);
    }

    /**
     * A category made of other categories of the same row.
     *
     * @param scope whose feature it is.
     * @param name name of the field and its table.
     * @param crossOf names of the other fields, two or more.
     * @param buckets how many ids their combinations are hashed to.
     * @return the field; its cardinality is {@code buckets + 2}.
     */
    public static FeatureField crossed(
            FeatureScope scope, String name, List<String> crossOf, int buckets) {
        return new FeatureField(
                name,
                scope,
                FeatureKind.CATEGORICAL,
                buckets + FIRST,
                1,
                name,
                0,
                1,
                ContextSource.REQUEST,
                -1,
                ValueEncoding.CROSSED,
                List.of(),
                crossOf,
                null,
                null);
    }

    /**
     * A feature of the moment: raw codes 0 to {@code codes - 1}.
     *
     * @param name name of the field and its table.
     * @param codes count of raw codes.
     * @param source where it comes from when the request does not name it.
     * @param servingDefault raw code when nothing gives one, or -1 for missing.
     * @return the field; its cardinality is {@code codes + 2}.
     */
    public static FeatureField context(
            String name, int codes, ContextSource source, int servingDefault) {
        return new FeatureField(
                name,
                FeatureScope.CONTEXT,
                FeatureKind.CATEGORICAL,
                codes + FIRST,
                1,
                name,
                0,
                1,
                source,
                servingDefault,
                ValueEncoding.PLAIN,
                List.of(),
                List.of(),
                null,
                null);
    }

    /**
     * A feature of the moment on a circle, such as the hour: raw codes 0 to {@code codes - 1}.
     *
     * @param name name of the field.
     * @param codes count of raw codes, after which they begin anew.
     * @param source where it comes from when the request does not name it.
     * @return the field; its cardinality is {@code codes + 2}.
     */
    public static FeatureField cyclic(String name, int codes, ContextSource source) {
        return new FeatureField(
                name,
                FeatureScope.CONTEXT,
                FeatureKind.CATEGORICAL,
                codes + FIRST,
                1,
                "",
                0,
                1,
                source,
                -1,
                ValueEncoding.CYCLIC,
                List.of(),
                List.of(),
                null,
                null);
    }

    /**
     * A number.
     *
     * @param scope USER or ITEM.
     * @param name name of the field.
     * @param mean mean over the rows that have it.
     * @param standardDeviation deviation over those rows; 0 becomes 1, so that a constant stays
     *     harmless.
     * @return the field.
     */
    public static FeatureField numeric(
            FeatureScope scope, String name, float mean, float standardDeviation) {
        float deviation = standardDeviation == 0 ? 1 : standardDeviation;
        return new FeatureField(
                name,
                scope,
                FeatureKind.NUMERIC,
                0,
                1,
                "",
                mean,
                deviation,
                ContextSource.REQUEST,
                -1,
                ValueEncoding.PLAIN,
                List.of(),
                List.of(),
                null,
                null);
    }

    /**
     * A number that is counted: how often something happens of late to what is shown.
     *
     * @param name name of the field.
     * @param rate what it is the rate of.
     * @param mean mean over the impressions that have it.
     * @param standardDeviation deviation over those, above 0.
     * @return the field.
     */
    public static FeatureField rate(
            String name, FeatureRate rate, float mean, float standardDeviation) {
        return new FeatureField(
                name,
                FeatureScope.IMPRESSION,
                FeatureKind.NUMERIC,
                0,
                1,
                "",
                mean,
                standardDeviation,
                ContextSource.REQUEST,
                -1,
                ValueEncoding.RATE,
                List.of(),
                List.of(),
                null,
                rate);
    }

    /**
     * A few ids without order.
     *
     * @param scope USER or ITEM.
     * @param name name of the field and its table.
     * @param cardinality count of ids.
     * @param maxValues the most values a row has.
     * @return the field.
     */
    public static FeatureField tags(
            FeatureScope scope, String name, int cardinality, int maxValues) {
        return ids(scope, name, FeatureKind.TAGS, cardinality, maxValues, name);
    }

    /**
     * A few ids without order, each with a weight.
     *
     * @param scope USER or ITEM.
     * @param name name of the field and its table.
     * @param cardinality count of ids.
     * @param maxValues the most values a row has.
     * @return the field.
     */
    public static FeatureField weightedTags(
            FeatureScope scope, String name, int cardinality, int maxValues) {
        return ids(scope, name, FeatureKind.WEIGHTED_TAGS, cardinality, maxValues, name);
    }

    /**
     * Items a user met, oldest first, in the table of item ids.
     *
     * @param name name of the field.
     * @param itemCardinality count of items + 2.
     * @param maxValues the most items kept.
     * @return the field.
     */
    public static FeatureField itemSequence(String name, int itemCardinality, int maxValues) {
        return ids(
                FeatureScope.USER,
                name,
                FeatureKind.SEQUENCE,
                itemCardinality,
                maxValues,
                ITEM_TABLE);
    }

    private static FeatureField ids(
            FeatureScope scope,
            String name,
            FeatureKind kind,
            int cardinality,
            int maxValues,
            String table) {
        return new FeatureField(
                name,
                scope,
                kind,
                cardinality,
                maxValues,
                table,
                0,
                1,
                ContextSource.REQUEST,
                -1,
                ValueEncoding.PLAIN,
                List.of(),
                List.of(),
                null,
                null);
    }

    /**
     * Whether the value is a list of ids.
     *
     * @return true for tags and sequences.
     */
    @JsonIgnore
    public boolean isList() {
        return isTags() || kind == FeatureKind.SEQUENCE;
    }

    /**
     * Whether the value is a few ids without order, be it with weights or without.
     *
     * @return false for sequences, and for what is no list.
     */
    @JsonIgnore
    public boolean isTags() {
        return kind == FeatureKind.TAGS || kind == FeatureKind.WEIGHTED_TAGS;
    }

    /**
     * Whether ids of the field have embeddings.
     *
     * @return false for numbers and for what is encoded as one.
     */
    @JsonIgnore
    public boolean hasTable() {
        return kind != FeatureKind.NUMERIC && encoding != ValueEncoding.CYCLIC;
    }

    /**
     * How many 32-bit slots of a row it takes.
     *
     * @return 1, or the count slot and the values of a list, and the shares of weighted tags.
     */
    public int slots() {
        if (kind == FeatureKind.WEIGHTED_TAGS) {
            return WeightedTags.slots(maxValues);
        }
        return isList() ? 1 + maxValues : 1;
    }

    /**
     * Id of a raw code of a context field.
     *
     * @param code raw code; below 0 is missing.
     * @return the code + 2, {@link #MISSING}, or {@link #UNSEEN} for a code beyond the declared
     *     ones.
     */
    public int idOfCode(int code) {
        if (code < 0) {
            return MISSING;
        }
        return code < cardinality - FIRST ? code + FIRST : UNSEEN;
    }

    /**
     * The same with another encoding.
     *
     * @param other how a raw value becomes what a row holds.
     * @return a copy.
     */
    public FeatureField withEncoding(ValueEncoding other) {
        return with(other, pooling);
    }

    /**
     * The same pooled in another way.
     *
     * @param other how the ranker makes one vector of the sequence; null for the mean.
     * @return a copy.
     */
    public FeatureField withPooling(@Nullable SequencePooling other) {
        return with(encoding, other);
    }

    private FeatureField with(ValueEncoding newEncoding, @Nullable SequencePooling newPooling) {
        return new FeatureField(
                name,
                scope,
                kind,
                cardinality,
                maxValues,
                table,
                mean,
                standardDeviation,
                source,
                servingDefault,
                newEncoding,
                bounds,
                crossOf,
                newPooling,
                rate);
    }

    /**
     * Whether the ranker pools the field in such a way.
     *
     * @param form the way.
     * @return false for what is averaged, and for what is no sequence.
     */
    public boolean isPooledBy(SequencePooling.Form form) {
        return pooling != null && pooling.form() == form;
    }

    /**
     * Id of a number of a {@link ValueEncoding#QUANTILES} field: {@link #FIRST} and as many more as
     * bounds are not above it. Training and serving both come through here.
     *
     * @param raw the number, NaN when missing; compared as a float32, like the bounds.
     * @return the id.
     */
    public int bucketId(double raw) {
        float value = (float) raw;
        if (Float.isNaN(value)) {
            return MISSING;
        }
        int low = 0;
        int high = bounds.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (bounds.get(middle) <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return FIRST + low;
    }

    /**
     * Id of a raw text of a hashed field, by {@link TextHash} to the ids that are not reserved.
     *
     * @param raw the text; empty is missing.
     * @return the id; the same in every version.
     */
    int hashedId(String raw) {
        if (raw.isEmpty()) {
            return MISSING;
        }
        return FIRST + TextHash.bucketOf(raw, cardinality - FIRST);
    }
}
