package io.millrace.ranker.features;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The declared features of a data set: fields in order, vocabularies, and the row layouts that
 * follow. It travels with data set, models and bundle; its {@link #fingerprint} tells whether two
 * of them were made for each other.
 *
 * <p>Threading: immutable.
 */
public final class FeatureSchema {
    /** The version of the JSON form that is written. */
    public static final int FORMAT = 1;

    private static final int MINUTES_PER_DAY = 24 * 60;

    private final int format;
    private final String name;
    private final int utcOffsetMinutes;
    private final List<FeatureField> fields;
    private final SortedMap<String, Vocabulary> vocabularies;
    private final Map<FeatureScope, RowLayout> layouts = new EnumMap<>(FeatureScope.class);
    private final Map<String, FeatureField> byName = new HashMap<>();
    private final SortedMap<String, Integer> tables = new TreeMap<>();

    /**
     * A schema.
     *
     * @param format version of the JSON form, {@link #FORMAT}.
     * @param name name of the data it describes.
     * @param utcOffsetMinutes local time of the data, minutes east of UTC.
     * @param fields all fields in order.
     * @param vocabularies raw values by the name of the field, where they are kept.
     */
    @JsonCreator
    public FeatureSchema(
            @JsonProperty(value = "format", required = true) int format,
            @JsonProperty(value = "name", required = true) String name,
            @JsonProperty(value = "utcOffsetMinutes", required = true) int utcOffsetMinutes,
            @JsonProperty(value = "fields", required = true) List<FeatureField> fields,
            @JsonProperty(value = "vocabularies", required = true)
                    Map<String, Vocabulary> vocabularies) {
        if (format != FORMAT) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown schema format: format=%d, known=%d; use a newer millrace",
                    format,
                    FORMAT);
        }
        if (Math.abs(utcOffsetMinutes) >= MINUTES_PER_DAY) {
            throw MillraceException.badInput(
                    "bad offset from utc: utcOffsetMinutes=%d, limit=%d",
                    utcOffsetMinutes, MINUTES_PER_DAY);
        }
        this.format = format;
        this.name = name;
        this.utcOffsetMinutes = utcOffsetMinutes;
        this.fields = List.copyOf(fields);
        this.vocabularies = new TreeMap<>(vocabularies);
        for (FeatureField field : this.fields) {
            addField(field);
        }
        for (FeatureField field : this.fields) {
            if (field.isPooledBy(SequencePooling.Form.ATTENTION)) {
                candidateOf(field);
            }
        }
        for (Map.Entry<String, Vocabulary> entry : this.vocabularies.entrySet()) {
            checkVocabulary(entry.getKey(), entry.getValue());
        }
        for (FeatureScope scope : FeatureScope.values()) {
            layouts.put(scope, new RowLayout(fieldsOf(scope)));
        }
        FieldChecks.checkRates(byName, fields(FeatureScope.IMPRESSION));
    }

    /**
     * Reads a schema file.
     *
     * @param path {@code schema.json}.
     * @return the schema.
     * @throws MillraceException when the file is missing, broken or contradicts itself.
     */
    public static FeatureSchema read(Path path) {
        return Json.read(path, FeatureSchema.class);
    }

    /**
     * Writes the schema file.
     *
     * @param path where to.
     */
    public void write(Path path) {
        Json.writeAtomically(path, this);
    }

    /**
     * Version of the JSON form.
     *
     * @return {@link #FORMAT}.
     */
    @JsonProperty
    public int format() {
        return format;
    }

    /**
     * Name of the data it describes.
     *
     * @return the name.
     */
    @JsonProperty
    public String name() {
        return name;
    }

    /**
     * Local time of the data.
     *
     * @return minutes east of UTC.
     */
    @JsonProperty
    public int utcOffsetMinutes() {
        return utcOffsetMinutes;
    }

    /**
     * All fields in order.
     *
     * @return immutable list.
     */
    @JsonProperty
    public List<FeatureField> fields() {
        return fields;
    }

    /**
     * Raw values by the name of the field.
     *
     * @return the vocabularies that are kept.
     */
    @JsonProperty
    public SortedMap<String, Vocabulary> vocabularies() {
        return vocabularies;
    }

    /**
     * The fields of one scope.
     *
     * @param scope whose.
     * @return fields in the order of the schema.
     */
    public List<FeatureField> fields(FeatureScope scope) {
        return layout(scope).fields();
    }

    /**
     * Whether it declares rates: what happens of late to what is shown.
     *
     * @return false where no impression has a row of its own.
     */
    public boolean hasRates() {
        return !fields(FeatureScope.IMPRESSION).isEmpty();
    }

    /**
     * After which an event counts half in the rates it declares.
     *
     * @return minutes; 0 where it declares none.
     */
    public int rateHalfLifeMinutes() {
        for (FeatureField field : fields(FeatureScope.IMPRESSION)) {
            FeatureRate rate = field.rate();
            if (rate != null) {
                return rate.halfLifeMinutes();
            }
        }
        return 0;
    }

    /**
     * The same with more fields behind those there are.
     *
     * @param more fields without vocabularies.
     * @return another schema.
     * @throws MillraceException BAD_INPUT when they contradict the others.
     */
    public FeatureSchema with(List<FeatureField> more) {
        List<FeatureField> all = new ArrayList<>(fields);
        all.addAll(more);
        return new FeatureSchema(format, name, utcOffsetMinutes, all, vocabularies);
    }

    /**
     * The same with other vocabularies.
     *
     * @param others raw values by the name of the field.
     * @return another schema.
     * @throws MillraceException BAD_INPUT when they contradict the fields.
     */
    public FeatureSchema withVocabularies(Map<String, Vocabulary> others) {
        return new FeatureSchema(format, name, utcOffsetMinutes, fields, others);
    }

    /**
     * A field by name.
     *
     * @param fieldName its name.
     * @return the field.
     * @throws MillraceException MISMATCH when there is none.
     */
    public FeatureField field(String fieldName) {
        FeatureField field = byName.get(fieldName);
        if (field == null) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "no such feature in the schema: field=%s, schema=%s",
                    fieldName,
                    name);
        }
        return field;
    }

    /**
     * Id of a raw text of a category, a number in buckets, or a tag.
     *
     * @param field a field that is hashed or in buckets, or whose vocabulary is kept.
     * @param raw the text; empty is missing.
     * @return the id, {@link FeatureField#MISSING} or {@link FeatureField#UNSEEN}.
     * @throws MillraceException MISMATCH when the field has no vocabulary; BAD_INPUT when it has
     *     buckets and the text is no number.
     */
    public int idOf(FeatureField field, String raw) {
        if (field.encoding() == ValueEncoding.HASHED) {
            return field.hashedId(raw);
        }
        if (field.encoding() == ValueEncoding.QUANTILES) {
            return field.bucketId(numberOf(field, raw));
        }
        Vocabulary vocabulary = vocabularies.get(field.name());
        if (vocabulary == null) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "no vocabulary in the schema: field=%s, schema=%s; give ids instead of texts",
                    field.name(),
                    name);
        }
        return vocabulary.idOf(raw);
    }

    /**
     * Whether a field exists.
     *
     * @param fieldName its name.
     * @return true when the schema has it.
     */
    public boolean hasField(String fieldName) {
        return byName.containsKey(fieldName);
    }

    /**
     * What of an item is compared to the items of a sequence: the first category of items that has
     * its table.
     *
     * @param sequence a sequence.
     * @return the field of the item.
     * @throws MillraceException BAD_INPUT when there is none.
     */
    public FeatureField candidateOf(FeatureField sequence) {
        return fields.stream()
                .filter(field -> field.scope() == FeatureScope.ITEM)
                .filter(field -> field.kind() == FeatureKind.CATEGORICAL)
                .filter(field -> field.table().equals(sequence.table()))
                .findFirst()
                .orElseThrow(
                        () ->
                                MillraceException.badInput(
                                        "no candidate to attend to: field=%s, table=%s; declare a"
                                                + " category of the items with that table, or"
                                                + " remove pooling",
                                        sequence.name(), sequence.table()));
    }

    /**
     * How the rows of a scope are laid out.
     *
     * @param scope whose rows.
     * @return the layout.
     */
    public RowLayout layout(FeatureScope scope) {
        return Objects.requireNonNull(layouts.get(scope), "every scope has a layout");
    }

    /**
     * The embedding tables and their sizes.
     *
     * @return cardinality by table, sorted by name.
     */
    public SortedMap<String, Integer> tables() {
        return new TreeMap<>(tables);
    }

    /**
     * A number that two schemas share only if they are the same.
     *
     * @return the first 64 bits of the SHA-256 of the whole JSON form.
     */
    public long fingerprint() {
        try {
            byte[] json = Json.mapper().writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
            return ByteBuffer.wrap(digest).getLong();
        } catch (JsonProcessingException | NoSuchAlgorithmException e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot express the schema as json: schema=" + name, e);
        }
    }

    private static double numberOf(FeatureField field, String raw) {
        try {
            return raw.isEmpty() ? Double.NaN : Double.parseDouble(raw);
        } catch (NumberFormatException e) {
            throw MillraceException.badInput(
                    "no number: field=%s, value=%s; correct the data, or declare the field %s",
                    field.name(), raw, ValueEncoding.HASHED);
        }
    }

    private void addField(FeatureField field) {
        if (byName.put(field.name(), field) != null) {
            throw MillraceException.badInput(
                    "feature declared twice: field=%s; rename one of them", field.name());
        }
        if (!field.hasTable()) {
            return;
        }
        Integer other = tables.put(field.table(), field.cardinality());
        if (other != null && other != field.cardinality()) {
            throw MillraceException.badInput(
                    "fields of one table differ in cardinality: table=%s, field=%s, cardinality=%d,"
                            + " other=%d",
                    field.table(), field.name(), field.cardinality(), other);
        }
    }

    private void checkVocabulary(String fieldName, Vocabulary vocabulary) {
        FeatureField field = byName.get(fieldName);
        if (field == null) {
            throw MillraceException.badInput(
                    "vocabulary of no field: name=%s; remove it", fieldName);
        }
        if (field.encoding() != ValueEncoding.PLAIN) {
            throw MillraceException.badInput(
                    "vocabulary of a field that needs none: name=%s, encoding=%s; remove it",
                    fieldName, field.encoding());
        }
        if (vocabulary.cardinality() != field.cardinality()) {
            throw MillraceException.badInput(
                    "vocabulary and field differ in size: field=%s, cardinality=%d, vocabulary=%d",
                    fieldName, field.cardinality(), vocabulary.cardinality());
        }
    }

    private List<FeatureField> fieldsOf(FeatureScope scope) {
        List<FeatureField> result = new ArrayList<>();
        for (FeatureField field : fields) {
            if (field.scope() == scope) {
                result.add(field);
            }
        }
        return result;
    }
}
