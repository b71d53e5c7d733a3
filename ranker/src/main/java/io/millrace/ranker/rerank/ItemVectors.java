package io.millrace.ranker.rerank;

import io.millrace.core.error.MillraceException;

import java.lang.foreign.MemorySegment;

/**
 * The unit vectors of all items as they lie in the index, the one of ordinal i at {@code base + i *
 * stride}. The index may have turned them all alike: only their products mean something.
 *
 * @param segment memory that holds them, little-endian floats.
 * @param base offset of the vector of ordinal 0, in bytes.
 * @param stride distance of two vectors in bytes.
 * @param dimension floats of a vector as it lies there.
 * @param count how many vectors.
 */
public record ItemVectors(MemorySegment segment, long base, long stride, int dimension, int count) {

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
     * Where a vector begins.
     *
     * @param ordinal the item.
     * @return offset in bytes.
     */
    public long offset(int ordinal) {
        return base + ordinal * stride;
    }
}
