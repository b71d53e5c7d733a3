package io.millrace.ranker.model;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.ValueEncoding;
import io.millrace.ranker.features.WeightedTags;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The part of a model's input that comes from the features of one row: embeddings of categories,
 * means of the embeddings of lists, standardised numbers clipped to ±4 with a flag for those that
 * are missing, sine and cosine of categories on a circle. Training and serving both gather through
 * here.
 *
 * <pre>
 *   | category 0 | category 1 | … | mean of a list | … | number, isMissing | … | sine, cosine | … |
 * </pre>
 *
 * <p>Threading: immutable; the embeddings are the model's. Allocation: none.
 */
public final class FeatureInput {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final float CLIP = 4;
    private static final int FLOATS_WITHOUT_TABLE = 2;

    private final int[] slots;
    private final FeatureField[] fields;
    private final EmbeddingTable[] tables;
    private final int[] positions;

    /** By field that is cyclic and by id: sine and cosine; empty for other fields. */
    private final float[][] circles;

    private final ListWeights[] weights;
    private final int width;

    /**
     * An input.
     *
     * @param layout layout of the rows.
     * @param fields fields of the rows that take part, in order.
     * @param tables embeddings of each field; for one without any table, which is not asked for.
     */
    public FeatureInput(RowLayout layout, List<FeatureField> fields, List<EmbeddingTable> tables) {
        this.slots = fields.stream().mapToInt(layout::slotOf).toArray();
        this.fields = fields.toArray(FeatureField[]::new);
        this.tables = tables.toArray(EmbeddingTable[]::new);
        this.positions = new int[fields.size()];
        this.circles = new float[fields.size()][];
        this.weights = fields.stream().map(ListWeights::new).toArray(ListWeights[]::new);
        int at = 0;
        for (int i = 0; i < positions.length; i++) {
            positions[i] = at;
            circles[i] = circle(this.fields[i]);
            at += hasTable(i) ? this.tables[i].dimension() : FLOATS_WITHOUT_TABLE;
        }
        this.width = at;
    }

    private static float[] circle(FeatureField field) {
        if (field.encoding() != ValueEncoding.CYCLIC) {
            return new float[0];
        }
        float[] circle = new float[FLOATS_WITHOUT_TABLE * field.cardinality()];
        int codes = field.cardinality() - FeatureField.FIRST;
        for (int code = 0; code < codes; code++) {
            // The same bits on every machine, which Math.sin does not promise.
            double angle = 2 * Math.PI * code / codes;
            int at = FLOATS_WITHOUT_TABLE * (code + FeatureField.FIRST);
            circle[at] = (float) StrictMath.sin(angle);
            circle[at + 1] = (float) StrictMath.cos(angle);
        }
        return circle;
    }

    /**
     * Floats of this part.
     *
     * @return the width.
     */
    public int width() {
        return width;
    }

    /**
     * Count of fields.
     *
     * @return how many.
     */
    public int fieldCount() {
        return fields.length;
    }

    /**
     * Whether a field has embeddings, and so something to learn.
     *
     * @param field index of the field.
     * @return false for numbers and categories on a circle.
     */
    public boolean hasTable(int field) {
        return fields[field].hasTable();
    }

    /**
     * Whether a field is a list of ids, of whose embeddings a mean is taken.
     *
     * @param field index of the field.
     * @return true for tags and sequences.
     */
    public boolean isList(int field) {
        return fields[field].isList();
    }

    /**
     * Embeddings of a field.
     *
     * @param field index of a field that has embeddings.
     * @return the table.
     */
    public EmbeddingTable table(int field) {
        return tables[field];
    }

    /**
     * Where a field begins in this part.
     *
     * @param field index of the field.
     * @return index of its first float.
     */
    public int position(int field) {
        return positions[field];
    }

    /**
     * How many ids a field of a row has.
     *
     * @param field index of a field that has embeddings.
     * @param rows memory of the rows.
     * @param offset where the row begins, in bytes.
     * @return 1 for a category, the count of tags.
     */
    public int idCount(int field, MemorySegment rows, long offset) {
        return fields[field].isList() ? rows.get(RowLayout.INT, offset + 4L * slots[field]) : 1;
    }

    /**
     * An id of a field of a row.
     *
     * @param field index of a field that has embeddings.
     * @param index which of its ids.
     * @param rows memory of the rows.
     * @param offset where the row begins, in bytes.
     * @return the id.
     */
    public int id(int field, int index, MemorySegment rows, long offset) {
        int slot = slots[field] + (fields[field].isList() ? 1 + index : 0);
        return rows.get(RowLayout.INT, offset + 4L * slot);
    }

    /**
     * Share of an id in what a field of a row gives.
     *
     * @param field index of a field that has embeddings.
     * @param index which of its ids.
     * @param rows memory of the rows.
     * @param offset where the row begins, in bytes.
     * @return the weight of its embedding; those of all ids add up to 1.
     */
    public float share(int field, int index, MemorySegment rows, long offset) {
        FeatureField declared = fields[field];
        return declared.kind() == FeatureKind.WEIGHTED_TAGS
                ? WeightedTags.share(declared, index, rows, offset + 4L * slots[field])
                : weights[field].share(index, idCount(field, rows, offset));
    }

    /**
     * Writes this part of the input of one row.
     *
     * @param rows memory of the rows.
     * @param offset where the row begins, in bytes.
     * @param out where to.
     * @param at index of the first float.
     */
    @HotPath
    public void gatherInto(MemorySegment rows, long offset, float[] out, int at) {
        for (int field = 0; field < fields.length; field++) {
            int to = at + positions[field];
            if (!hasTable(field)) {
                gatherWithoutTable(field, rows, offset, out, to);
                continue;
            }
            EmbeddingTable table = tables[field];
            int count = idCount(field, rows, offset);
            if (count == 1) {
                table.copyInto(id(field, 0, rows, offset), out, to);
                continue;
            }
            clear(out, to, table.dimension());
            if (fields[field].kind() == FeatureKind.WEIGHTED_TAGS) {
                for (int i = 0; i < count; i++) {
                    float share = share(field, i, rows, offset);
                    table.addInto(id(field, i, rows, offset), share, out, to);
                }
                continue;
            }
            float ageing = weights[field].ageing();
            for (int i = 0; i < count; i++) {
                if (ageing != 1) {
                    ELEMENTS.scale(ageing, out, to, table.dimension());
                }
                table.addInto(id(field, i, rows, offset), 1, out, to);
            }
            if (count > 1) {
                ELEMENTS.scale(1f / weights[field].sum(count), out, to, table.dimension());
            }
        }
    }

    private void gatherWithoutTable(
            int field, MemorySegment rows, long offset, float[] out, int to) {
        FeatureField number = fields[field];
        if (number.kind() != FeatureKind.NUMERIC) {
            int at = FLOATS_WITHOUT_TABLE * rows.get(RowLayout.INT, offset + 4L * slots[field]);
            out[to] = circles[field][at];
            out[to + 1] = circles[field][at + 1];
            return;
        }
        float value = rows.get(RowLayout.FLOAT, offset + 4L * slots[field]);
        boolean isMissing = Float.isNaN(value);
        float scaled = (value - number.mean()) / number.standardDeviation();
        out[to] = isMissing ? 0 : Math.clamp(scaled, -CLIP, CLIP);
        out[to + 1] = isMissing ? 1 : 0;
    }

    private static void clear(float[] out, int at, int length) {
        for (int i = at; i < at + length; i++) {
            out[i] = 0;
        }
    }
}
