package io.millrace.ranker.model;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * How like the items of a user's sequence a candidate is: the mean of the cosines between them,
 * each the product of two fixed vectors (item-based collaborative filtering, Sarwar et al., WWW
 * 2001, section 3.1, as a feature of the ranker). With g of the candidate and hᵢ of the n items of
 * the sequence,
 *
 * <pre>
 *   x = √ max(0, ⟨g, (Σᵢ hᵢ) / n⟩),    output = | (x - mean) / deviation, isMissing |
 * </pre>
 *
 * <p>The mean over the sequence is taken once for all candidates, so a candidate costs one product.
 * It is missing where the sequence is empty or nothing is known of the candidate, whose vector is
 * zero then.
 *
 * <p>Threading: immutable but for mean and deviation, which are the model's. {@link MatchPass} does
 * the work.
 */
public final class SequenceMatch {
    /** Name of the table of vectors beside those that a schema declares. */
    public static final String TABLE = FeatureField.ITEM_TABLE + "#match";

    /** Floats of an output. */
    public static final int WIDTH = 2;

    private static final float CLIP = 4;

    private final long sequenceOffset;
    private final long candidateOffset;
    private final EmbeddingTable vectors;
    private final int outputAt;
    private float mean;
    private float deviation = 1;

    /**
     * A match.
     *
     * @param schema the declared features.
     * @param sequence a sequence of the users, of items that candidates are too.
     * @param vectors vectors by the ids of the items.
     * @param outputAt where in a row of the model's input the output begins.
     */
    public SequenceMatch(
            FeatureSchema schema, FeatureField sequence, EmbeddingTable vectors, int outputAt) {
        FeatureField candidate = schema.candidateOf(sequence);
        this.sequenceOffset = 4L * schema.layout(FeatureScope.USER).slotOf(sequence);
        this.candidateOffset = 4L * schema.layout(FeatureScope.ITEM).slotOf(candidate);
        this.vectors = vectors;
        this.outputAt = outputAt;
    }

    /**
     * Count of items in a user's sequence.
     *
     * @param rows memory of the user rows.
     * @param offset where the row begins, in bytes.
     * @return how many.
     */
    @HotPath
    int length(MemorySegment rows, long offset) {
        return rows.get(RowLayout.INT, offset + sequenceOffset);
    }

    /** An item of a user's sequence: its id. */
    @HotPath
    int item(MemorySegment rows, long offset, int index) {
        return rows.get(RowLayout.INT, offset + sequenceOffset + 4L * (index + 1));
    }

    /** Id of a candidate. */
    @HotPath
    int candidate(MemorySegment rows, long offset) {
        return rows.get(RowLayout.INT, offset + candidateOffset);
    }

    /** What a mean cosine gives before it is standardised. */
    static float root(float cosine) {
        return (float) Math.sqrt(Math.max(0, cosine));
    }

    /** Writes the output. */
    @HotPath
    void write(float root, float[] out, int at) {
        out[at + outputAt] = Math.clamp((root - mean) / deviation, -CLIP, CLIP);
        out[at + outputAt + 1] = 0;
    }

    /**
     * Writes the output where there is nothing to compare.
     *
     * @param out a row of the model's input.
     * @param at index of its first float.
     */
    @HotPath
    public void writeMissing(float[] out, int at) {
        out[at + outputAt] = 0;
        out[at + outputAt + 1] = 1;
    }

    /**
     * Vectors by the ids of the items.
     *
     * @return the table, which is not trained.
     */
    public EmbeddingTable vectors() {
        return vectors;
    }

    /**
     * Mean of what is standardised.
     *
     * @return of the impressions the model learnt from.
     */
    public float mean() {
        return mean;
    }

    /**
     * Standard deviation of what is standardised.
     *
     * @return of the impressions the model learnt from, above 0.
     */
    public float deviation() {
        return deviation;
    }

    /**
     * Sets what is standardised by.
     *
     * @param newMean mean of the roots.
     * @param newDeviation their standard deviation, above 0.
     */
    public void standardise(float newMean, float newDeviation) {
        mean = newMean;
        deviation = newDeviation;
    }
}
