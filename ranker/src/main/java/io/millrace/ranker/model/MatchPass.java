package io.millrace.ranker.model;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Matches candidates with one sequence of one user after the other.
 *
 * <p>Use: {@link #begin} with the user, then {@link #writeInto} for each candidate.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class MatchPass {
    private static final VectorKernels VECTORS = Kernels.vector();
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final SequenceMatch match;
    private final int dimension;
    private final float[] mean;
    private final float[] candidate;
    private boolean isEmpty = true;

    /**
     * A pass.
     *
     * @param match what is done.
     */
    public MatchPass(SequenceMatch match) {
        this.match = match;
        this.dimension = match.vectors().dimension();
        this.mean = new float[dimension];
        this.candidate = new float[dimension];
    }

    /**
     * Takes a user's sequence for the next candidates.
     *
     * @param rows memory of the user rows.
     * @param offset where the user's row begins, in bytes.
     */
    @HotPath
    public void begin(MemorySegment rows, long offset) {
        int length = match.length(rows, offset);
        Arrays.fill(mean, 0);
        for (int i = 0; i < length; i++) {
            match.vectors().addInto(match.item(rows, offset, i), 1, mean, 0);
        }
        if (length > 0) {
            ELEMENTS.scale(1f / length, mean, 0, dimension);
        }
        isEmpty = isZero(mean);
    }

    /**
     * Writes the output for a candidate.
     *
     * @param rows memory of the item rows.
     * @param offset where the candidate's row begins, in bytes.
     * @param out a row of the model's input.
     * @param at index of its first float.
     */
    @HotPath
    public void writeInto(MemorySegment rows, long offset, float[] out, int at) {
        float root = root(rows, offset);
        if (Float.isNaN(root)) {
            match.writeMissing(out, at);
        } else {
            match.write(root, out, at);
        }
    }

    /**
     * The root of the mean cosine.
     *
     * @param rows memory of the item rows.
     * @param offset where the candidate's row begins, in bytes.
     * @return 0 or more, or NaN where it is missing.
     */
    @HotPath
    public float root(MemorySegment rows, long offset) {
        if (isEmpty) {
            return Float.NaN;
        }
        match.vectors().copyInto(match.candidate(rows, offset), candidate, 0);
        if (isZero(candidate)) {
            return Float.NaN;
        }
        return SequenceMatch.root(VECTORS.dot(candidate, 0, mean, 0, dimension));
    }

    private static boolean isZero(float[] vector) {
        for (float component : vector) {
            if (component != 0) {
                return false;
            }
        }
        return true;
    }
}
