package io.millrace.ranker.rerank;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * The unit vectors of all items as they lie in the index, the one of ordinal i at {@code base + i *
 * stride}, but for those of items that have one of their own. The index may have turned them all
 * alike: only their products mean something.
 *
 * @param segment memory that holds them, little-endian floats.
 * @param base offset of the vector of ordinal 0, in bytes.
 * @param stride distance of two vectors in bytes.
 * @param dimension floats of a vector as it lies there.
 * @param count how many vectors lie there.
 * @param own vectors of items that came later or have moved.
 */
public record ItemVectors(
        MemorySegment segment, long base, long stride, int dimension, int count, OwnVectors own) {
    private static final VectorKernels KERNELS = Kernels.vector();

    /** Validates. */
    public ItemVectors {
        long end = base + (count - 1L) * stride + (long) dimension * Float.BYTES;
        if (dimension < 1
                || count < 0
                || base < 0
                || stride < (long) dimension * Float.BYTES
                || (count > 0 && end > segment.byteSize())) {
            throw MillraceException.badInput(
                    "vectors do not fit their memory: base=%d, stride=%d, dimension=%d, count=%d,"
                            + " memory=%d bytes",
                    base, stride, dimension, count, segment.byteSize());
        }
    }

    /**
     * Vectors of items that all lie in one memory.
     *
     * @param segment memory that holds them, little-endian floats.
     * @param base offset of the vector of ordinal 0, in bytes.
     * @param stride distance of two vectors in bytes.
     * @param dimension floats of a vector as it lies there.
     * @param count how many vectors.
     */
    public ItemVectors(MemorySegment segment, long base, long stride, int dimension, int count) {
        this(segment, base, stride, dimension, count, OwnVectors.NONE);
    }

    /**
     * Where a vector begins that lies with the others.
     *
     * @param ordinal the item.
     * @return offset in bytes.
     */
    public long offset(int ordinal) {
        return base + ordinal * stride;
    }

    /**
     * Copies a vector.
     *
     * @param ordinal the item.
     * @param target where it goes, from element 0.
     */
    @HotPath
    public void copyInto(int ordinal, float[] target) {
        float[] owned = own.isEmpty() ? null : own.unitOf(ordinal);
        if (owned != null) {
            System.arraycopy(owned, 0, target, 0, dimension);
        } else {
            MemorySegment.copy(segment, RowLayout.FLOAT, offset(ordinal), target, 0, dimension);
        }
    }

    /**
     * Dot products of a vector and those of items.
     *
     * @param vector the one.
     * @param ordinals the items.
     * @param count how many.
     * @param products filled from element 0.
     */
    @HotPath
    public void multiply(float[] vector, int[] ordinals, int count, float[] products) {
        if (own.isEmpty()) {
            KERNELS.dotBatch(
                    vector, dimension, segment, base, stride, ordinals, 0, count, products);
        } else {
            multiplyEach(vector, ordinals, count, products);
        }
    }

    private void multiplyEach(float[] vector, int[] ordinals, int count, float[] products) {
        for (int i = 0; i < count; i++) {
            float[] owned = own.unitOf(ordinals[i]);
            products[i] =
                    owned != null
                            ? KERNELS.dot(vector, 0, owned, 0, dimension)
                            : KERNELS.dot(vector, segment, offset(ordinals[i]), dimension);
        }
    }
}
