package io.millrace.data.eval;

import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.index.HnswIndex;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The scores of all items for a few queries at once. Rows are read in chunks that stay in the cache
 * for every query, so that the arithmetic is what takes the time.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class ExactScores {
    /** How many queries share a pass over the rows. */
    static final int QUERIES = 8;

    private static final int CHUNK_ROWS = 512;

    private final VectorKernels kernels = Kernels.vector();
    private final HnswIndex index;
    private final MemorySegment rows;
    private final long baseBytes;
    private final long strideBytes;
    private final int size;
    private final int dimension;
    private final float scale;
    private final int[] chunkRows = new int[CHUNK_ROWS];
    private final float[] chunkScores = new float[CHUNK_ROWS];
    private final float[][] stored;
    private final float[][] scores;

    ExactScores(HnswIndex index) {
        this.index = index;
        this.rows = index.vectorSegment();
        this.baseBytes = index.size() == 0 ? 0 : index.vectorOffset(0);
        this.strideBytes = index.vectorStrideBytes();
        this.size = index.size();
        this.dimension = index.storedDimension();
        this.scale = index.productScale();
        this.stored = new float[QUERIES][dimension];
        this.scores = new float[QUERIES][size];
        for (int i = 0; i < CHUNK_ROWS; i++) {
            chunkRows[i] = i;
        }
    }

    /**
     * Scores all items for the first {@code count} queries; those of one without direction, as of a
     * user of whom nothing is known, are 0.
     */
    void score(float[][] queries, int count) {
        for (int query = 0; query < count; query++) {
            if (index.accepts(queries[query])) {
                index.storedQueryInto(queries[query], stored[query]);
            } else {
                Arrays.fill(stored[query], 0);
            }
        }
        for (int from = 0; from < size; from += CHUNK_ROWS) {
            int length = Math.min(CHUNK_ROWS, size - from);
            for (int query = 0; query < count; query++) {
                kernels.dotBatch(
                        stored[query],
                        dimension,
                        rows,
                        baseBytes + from * strideBytes,
                        strideBytes,
                        chunkRows,
                        0,
                        length,
                        chunkScores);
                for (int i = 0; i < length; i++) {
                    scores[query][from + i] = scale * chunkScores[i];
                }
            }
        }
    }

    /** Scores of the last pass; may be written over by the caller. */
    float[] scores(int query) {
        return scores[query];
    }
}
