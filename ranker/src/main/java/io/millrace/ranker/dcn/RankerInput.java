package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.SequencePooling;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.EmbeddingTables;
import io.millrace.ranker.model.FeatureInput;
import io.millrace.ranker.model.SequenceAttention;
import io.millrace.ranker.model.SequenceMatch;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ranker's input: {@code | user | context | item | attended | matched | impression | zeros |}.
 * The first two are the same for all candidates of a request, so they are gathered once and copied.
 * The attended part has an embedding for each sequence that is pooled by attention, the matched
 * part two floats for each {@link SequenceMatch}; they follow from user and item. The part of the
 * impression has the rates. A separable input has none of these three.
 *
 * <p>Threading: immutable; the embeddings are the model's. Allocation: none.
 */
public final class RankerInput {
    private static final int ALIGNMENT = 16;

    private final EmbeddingTables embeddings;
    private final FeatureInput user;
    private final FeatureInput context;
    private final FeatureInput item;
    private final List<SequenceAttention> attentions = new ArrayList<>();
    private final List<SequenceMatch> matches = new ArrayList<>();
    private final FeatureInput impression;
    private final int impressionAt;
    private final int impressionRowBytes;
    private final int width;

    RankerInput(FeatureSchema schema, EmbeddingTables embeddings, boolean isSeparable) {
        this.embeddings = embeddings;
        List<FeatureField> attended = isSeparable ? List.of() : attended(schema);
        List<FeatureField> userFields = new ArrayList<>(schema.fields(FeatureScope.USER));
        userFields.removeAll(attended);
        this.user = part(schema, FeatureScope.USER, userFields);
        this.context = part(schema, FeatureScope.CONTEXT, schema.fields(FeatureScope.CONTEXT));
        this.item = part(schema, FeatureScope.ITEM, schema.fields(FeatureScope.ITEM));
        int floats = sharedWidth() + item.width();
        for (FeatureField field : attended) {
            SequenceAttention attention = attention(schema, field, floats);
            attentions.add(attention);
            floats += attention.table().dimension();
        }
        EmbeddingTable vectors = embeddings.byName().get(SequenceMatch.TABLE);
        if (vectors != null) {
            for (FeatureField field : matched(schema)) {
                matches.add(new SequenceMatch(schema, field, vectors, floats));
                floats += SequenceMatch.WIDTH;
            }
        }
        List<FeatureField> rates = isSeparable ? List.of() : schema.fields(FeatureScope.IMPRESSION);
        this.impression = part(schema, FeatureScope.IMPRESSION, rates);
        this.impressionAt = floats;
        this.impressionRowBytes = schema.layout(FeatureScope.IMPRESSION).rowBytes();
        this.width = Math.ceilDiv(floats + impression.width(), ALIGNMENT) * ALIGNMENT;
    }

    /** Sizes of the tables of a schema, whose embeddings have so many components. */
    static SortedMap<String, EmbeddingTables.Size> tableSizes(FeatureSchema schema, int embedding) {
        SortedMap<String, EmbeddingTables.Size> sizes = new TreeMap<>();
        schema.tables()
                .forEach(
                        (name, rows) -> sizes.put(name, new EmbeddingTables.Size(rows, embedding)));
        return sizes;
    }

    /** The sequences that a schema has pooled by attention. */
    static List<FeatureField> attended(FeatureSchema schema) {
        return schema.fields(FeatureScope.USER).stream()
                .filter(field -> field.isPooledBy(SequencePooling.Form.ATTENTION))
                .toList();
    }

    /**
     * The sequences of a schema that candidates can be matched with: those of items by their ids.
     *
     * @param schema the declared features.
     * @return fields of the users; empty where items have no id.
     */
    public static List<FeatureField> matched(FeatureSchema schema) {
        boolean haveIds =
                schema.fields(FeatureScope.ITEM).stream()
                        .anyMatch(
                                field ->
                                        field.kind() == FeatureKind.CATEGORICAL
                                                && field.table().equals(FeatureField.ITEM_TABLE));
        return schema.fields(FeatureScope.USER).stream()
                .filter(field -> haveIds && field.kind() == FeatureKind.SEQUENCE)
                .filter(field -> field.table().equals(FeatureField.ITEM_TABLE))
                .toList();
    }

    private SequenceAttention attention(FeatureSchema schema, FeatureField field, int outputAt) {
        int candidate = schema.fields(FeatureScope.ITEM).indexOf(schema.candidateOf(field));
        return new SequenceAttention(
                schema.layout(FeatureScope.USER),
                field,
                item.table(candidate),
                sharedWidth() + item.position(candidate),
                outputAt);
    }

    /**
     * Floats of an input, a multiple of 16.
     *
     * @return the width d.
     */
    public int width() {
        return width;
    }

    /**
     * Floats of the part that all candidates of a request share.
     *
     * @return where the item part begins.
     */
    public int sharedWidth() {
        return user.width() + context.width();
    }

    /**
     * Where the item's own part ends. What stands behind it hangs on more than the item.
     *
     * @return index of the float behind its last; the width where the input is separable.
     */
    public int itemEnd() {
        return isSeparable() ? width : sharedWidth() + item.width();
    }

    /**
     * Where the context part begins.
     *
     * @return index of its first float.
     */
    public int contextAt() {
        return user.width();
    }

    /**
     * The part of the user.
     *
     * @return shared.
     */
    public FeatureInput user() {
        return user;
    }

    /**
     * The part of the context.
     *
     * @return shared.
     */
    public FeatureInput context() {
        return context;
    }

    /**
     * The part of the item.
     *
     * @return shared.
     */
    public FeatureInput item() {
        return item;
    }

    /**
     * The sequences that are pooled by attention.
     *
     * @return shared, in the order of the attended part; empty when there are none.
     */
    public List<SequenceAttention> attentions() {
        return Collections.unmodifiableList(attentions);
    }

    /**
     * The sequences that candidates are matched with.
     *
     * @return shared, in the order of the matched part; empty when there are none.
     */
    public List<SequenceMatch> matches() {
        return Collections.unmodifiableList(matches);
    }

    /**
     * The part of the impression.
     *
     * @return shared; without fields where the input is separable or the schema has no rates.
     */
    public FeatureInput impression() {
        return impression;
    }

    /**
     * Where the part of the impression begins.
     *
     * @return index of its first float.
     */
    public int impressionAt() {
        return impressionAt;
    }

    /**
     * Length of an impression's row.
     *
     * @return bytes.
     */
    public int impressionRowBytes() {
        return impressionRowBytes;
    }

    /**
     * Whether the input falls into a part of the request and a part of the item.
     *
     * @return false where something hangs on user and item, or on item and moment.
     */
    public boolean isSeparable() {
        return attentions.isEmpty() && matches.isEmpty() && impression.fieldCount() == 0;
    }

    /**
     * The embedding tables that are trained.
     *
     * @return the live tables by name.
     */
    public SortedMap<String, EmbeddingTable> tables() {
        SortedMap<String, EmbeddingTable> trained = new TreeMap<>(embeddings.byName());
        trained.remove(SequenceMatch.TABLE);
        return trained;
    }

    /**
     * The embeddings as a whole.
     *
     * @return the live tables.
     */
    public EmbeddingTables embeddings() {
        return embeddings;
    }

    /**
     * Writes the part that all candidates of a request share.
     *
     * @param userRows memory of the user's row.
     * @param userOffset where it begins, in bytes.
     * @param contextRows memory of the context row.
     * @param contextOffset where it begins, in bytes.
     * @param out where to.
     * @param at index of the first float.
     */
    @HotPath
    public void gatherSharedInto(
            MemorySegment userRows,
            long userOffset,
            MemorySegment contextRows,
            long contextOffset,
            float[] out,
            int at) {
        user.gatherInto(userRows, userOffset, out, at);
        context.gatherInto(contextRows, contextOffset, out, at + user.width());
    }

    private FeatureInput part(FeatureSchema schema, FeatureScope scope, List<FeatureField> fields) {
        // What has no table is given one that is never asked for.
        EmbeddingTable none = new EmbeddingTable("", 1, 1);
        List<EmbeddingTable> tables =
                fields.stream()
                        .map(field -> field.hasTable() ? embeddings.table(field.table()) : none)
                        .toList();
        none.close();
        return new FeatureInput(schema.layout(scope), fields, tables);
    }
}
