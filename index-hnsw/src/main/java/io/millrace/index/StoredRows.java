package io.millrace.index;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Rows as an index stores them, and distances over them. Under L2 the distance is the squared
 * Euclidean one; otherwise all rows have the same length and the distance is minus the dot product,
 * which orders rows as the Euclidean distance does.
 *
 * <p>Rows under INNER_PRODUCT whose lengths differ get one more component, {@code sqrt(R² - |x|²)}
 * with R the greatest length, that brings all to length R; a query gets a zero there, so no dot
 * product changes (Bachrach et al., Speeding up the Xbox recommender system, 2014).
 *
 * <p>Threading: immutable, any thread. Allocation: distances allocate nothing.
 */
final class StoredRows {
    private static final VectorKernels KERNELS = Kernels.vector();
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final double LENGTH_TOLERANCE = 1e-3;

    private final Metric metric;
    private final int count;
    private final int dimension;
    private final int storedDimension;
    private final MemorySegment segment;
    private final long strideBytes;

    StoredRows(
            Metric metric, int count, int dimension, int storedDimension, MemorySegment segment) {
        this.metric = metric;
        this.count = count;
        this.dimension = dimension;
        this.storedDimension = storedDimension;
        this.segment = segment;
        this.strideBytes = VectorSet.strideOf(storedDimension);
    }

    /** Rows with the memory they own. */
    record Owned(StoredRows rows, DirectMemory memory) {}

    /** Copies rows into the form of a metric. */
    static Owned copyOf(VectorSet vectors, Metric metric) {
        int dimension = vectors.dimension();
        double greatest = 0;
        boolean isOfOneLength = true;
        float[] row = new float[dimension];
        for (int i = 0; i < vectors.count(); i++) {
            vectors.get(i, row, 0);
            double length = Math.sqrt(square(row, i));
            if (metric == Metric.COSINE && length == 0) {
                throw MillraceException.badInput(
                        "a zero vector has no direction: row=%d; remove it or use another metric"
                                + " than cosine",
                        i);
            }
            isOfOneLength &= Math.abs(length - 1) < LENGTH_TOLERANCE;
            greatest = Math.max(greatest, length);
        }
        boolean isAugmented = metric == Metric.INNER_PRODUCT && !isOfOneLength;
        int stored = isAugmented ? dimension + 1 : dimension;
        long stride = VectorSet.strideOf(stored);
        DirectMemory memory = DirectMemory.allocate(vectors.count() * stride);
        for (int i = 0; i < vectors.count(); i++) {
            vectors.get(i, row, 0);
            if (metric == Metric.COSINE) {
                KERNELS.normalise(row, 0, dimension);
            }
            MemorySegment.copy(row, 0, memory.segment(), FLOAT, i * stride, dimension);
            if (isAugmented) {
                double rest = Math.max(0, greatest * greatest - square(row, i));
                memory.segment()
                        .set(
                                FLOAT,
                                i * stride + (long) dimension * Float.BYTES,
                                (float) Math.sqrt(rest));
            }
        }
        return new Owned(
                new StoredRows(metric, vectors.count(), dimension, stored, memory.segment()),
                memory);
    }

    /** Rows as they stand, for exact search. */
    static StoredRows over(VectorSet vectors, Metric metric) {
        return new StoredRows(
                metric,
                vectors.count(),
                vectors.dimension(),
                vectors.dimension(),
                vectors.segment());
    }

    Metric metric() {
        return metric;
    }

    int count() {
        return count;
    }

    int dimension() {
        return dimension;
    }

    int storedDimension() {
        return storedDimension;
    }

    MemorySegment segment() {
        return segment;
    }

    long strideBytes() {
        return strideBytes;
    }

    long offset(int ordinal) {
        return ordinal * strideBytes;
    }

    void vectorInto(int ordinal, float[] target, int index) {
        MemorySegment.copy(segment, FLOAT, offset(ordinal), target, index, dimension);
    }

    /** Copies a row with all that is stored of it. */
    void storedInto(int ordinal, float[] target) {
        MemorySegment.copy(segment, FLOAT, offset(ordinal), target, 0, storedDimension);
    }

    /** Brings a query into the form of the rows; a query that is no vector is refused. */
    @HotPath
    void prepareInto(float[] query, float[] prepared) {
        if (query.length != dimension) {
            throw MillraceException.badInput(
                    "a query of another dimension: dimension=%d, index=%d; embed it with the model"
                            + " of the index",
                    query.length, dimension);
        }
        float sum = 0;
        for (int i = 0; i < dimension; i++) {
            // Zero times anything finite is zero; anything else turns the sum into no number.
            sum += query[i] * 0;
        }
        if (sum != 0) {
            throw MillraceException.badInput(
                    "a query holds a number that is not finite: dimension=%d", dimension);
        }
        System.arraycopy(query, 0, prepared, 0, dimension);
        for (int i = dimension; i < storedDimension; i++) {
            prepared[i] = 0;
        }
        if (metric == Metric.COSINE) {
            KERNELS.normalise(prepared, 0, dimension);
        }
    }

    /** Distances of a prepared query to rows. */
    @HotPath
    void distances(float[] query, int[] ordinals, int from, int length, float[] out) {
        if (metric == Metric.L2) {
            KERNELS.squaredDistanceBatch(
                    query, storedDimension, segment, 0, strideBytes, ordinals, from, length, out);
            return;
        }
        KERNELS.dotBatch(
                query, storedDimension, segment, 0, strideBytes, ordinals, from, length, out);
        for (int i = from; i < from + length; i++) {
            out[i] = -out[i];
        }
    }

    /** Distance of two rows. */
    float distance(int a, int b) {
        return metric == Metric.L2
                ? KERNELS.squaredDistance(segment, offset(a), segment, offset(b), storedDimension)
                : -KERNELS.dot(segment, offset(a), segment, offset(b), storedDimension);
    }

    /** Distance of a prepared query to a row. */
    @HotPath
    float distance(float[] query, int ordinal) {
        return metric == Metric.L2
                ? KERNELS.squaredDistance(query, segment, offset(ordinal), storedDimension)
                : -KERNELS.dot(query, segment, offset(ordinal), storedDimension);
    }

    private static double square(float[] row, int index) {
        double sum = 0;
        for (float x : row) {
            sum += (double) x * x;
        }
        if (!Double.isFinite(sum)) {
            throw MillraceException.badInput(
                    "a vector holds a number that is not finite: row=%d; correct the data", index);
        }
        return sum;
    }
}
