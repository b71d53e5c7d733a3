package io.millrace.server.funnel.search;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.ranker.rerank.ItemVectors;

/**
 * How alike an item is to others.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class ItemLikeness {
    private static final VectorKernels KERNELS = Kernels.vector();

    private final ItemVectors vectors;
    private final float[] vector;

    public ItemLikeness(ItemVectors vectors) {
        this.vectors = vectors;
        this.vector = new float[vectors.dimension()];
    }

    /** Takes the item to compare with; false where nothing is known of it. */
    public boolean begin(int ordinal) {
        vectors.copyInto(ordinal, vector);
        return KERNELS.dot(vector, 0, vector, 0, vectors.dimension()) > 0;
    }

    /** Fills the cosines of that item and of {@code count} others. */
    public void scoreInto(int[] others, int count, float[] cosines) {
        vectors.multiply(vector, others, count, cosines);
    }
}
