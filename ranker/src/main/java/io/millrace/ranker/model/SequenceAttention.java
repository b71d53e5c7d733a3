package io.millrace.ranker.model;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * A user's sequence pooled by attention to the candidate: Deep Interest Network (Zhou et al., KDD
 * 2018, section 4.3) with the weights of Vaswani et al. (2017, section 3.2.1), a softmax over
 * scaled dot products. With the embedding c of the candidate and hᵢ of the items of the sequence,
 * all of one table,
 *
 * <pre>
 *   pᵢ = exp(s ⟨c, hᵢ⟩) / Σⱼ exp(s ⟨c, hⱼ⟩),    output = Σᵢ pᵢ hᵢ
 * </pre>
 *
 * <p>The scale s is learnt by its logarithm. No items give zeros.
 *
 * <p>Threading: immutable but for the scale, which is the model's. {@link AttentionPass} does the
 * work.
 */
public final class SequenceAttention {
    /** Embeddings are small before training: products of theirs would give equal weights. */
    private static final float FIRST_LOG_SCALE = 3;

    private final FeatureField field;
    private final long byteOffset;
    private final EmbeddingTable table;
    private final int candidateAt;
    private final int outputAt;
    private final float[] logScale = {FIRST_LOG_SCALE};

    /**
     * An attention.
     *
     * @param layout layout of the user rows.
     * @param field the sequence.
     * @param table embeddings of the items.
     * @param candidateAt where in a row of the model's input the candidate's embedding begins.
     * @param outputAt where in it the output begins.
     */
    public SequenceAttention(
            RowLayout layout,
            FeatureField field,
            EmbeddingTable table,
            int candidateAt,
            int outputAt) {
        this.field = field;
        this.byteOffset = 4L * layout.slotOf(field);
        this.table = table;
        this.candidateAt = candidateAt;
        this.outputAt = outputAt;
    }

    /**
     * The most items of the sequence.
     *
     * @return the limit.
     */
    public int maxLength() {
        return field.maxValues();
    }

    /**
     * Count of items in a user's sequence.
     *
     * @param rows memory of the user rows.
     * @param offset where the row begins, in bytes.
     * @return 0 to {@link #maxLength}.
     */
    @HotPath
    public int length(MemorySegment rows, long offset) {
        return rows.get(RowLayout.INT, offset + byteOffset);
    }

    /**
     * An item of a user's sequence.
     *
     * @param rows memory of the user rows.
     * @param offset where the row begins, in bytes.
     * @param index which, oldest first.
     * @return its id in the table.
     */
    @HotPath
    public int item(MemorySegment rows, long offset, int index) {
        return rows.get(RowLayout.INT, offset + byteOffset + 4L * (index + 1));
    }

    /**
     * Embeddings of the items, the candidate's among them.
     *
     * @return the live table.
     */
    public EmbeddingTable table() {
        return table;
    }

    /**
     * Where in a row of the model's input the candidate's embedding begins.
     *
     * @return index of its first float.
     */
    public int candidateAt() {
        return candidateAt;
    }

    /**
     * Where in a row of the model's input the output begins.
     *
     * @return index of its first float.
     */
    public int outputAt() {
        return outputAt;
    }

    /**
     * Logarithm of the scale.
     *
     * @return the live weight, an array of one.
     */
    public float[] logScale() {
        return logScale;
    }
}
