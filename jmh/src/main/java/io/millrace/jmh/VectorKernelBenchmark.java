package io.millrace.jmh;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.CompactKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.index.VectorSet;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A query against rows off heap that are in the cache, one by one and as a batch, in nanoseconds
 * per row; also against rows of bfloat16 and int8, padded to whole lines. Dimensions: a tower's,
 * GloVe-like, MNIST's.
 *
 * <p>A row of dimension {@code d} costs {@code 2 d} flops as a product and {@code 3 d} as a
 * distance.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class VectorKernelBenchmark {
    private static final int ROWS = 64;
    private static final int BATCH = 32;
    private static final int LAST_BATCH = ROWS - BATCH;

    /** Numbers per row. */
    @Param({"64", "128", "784"})
    int dimension;

    /** Which kernels: those of the Vector API, or plain loops. */
    @Param({"panama", "scalar"})
    String kernels;

    private VectorKernels tested;
    private VectorSet rows;
    private CompactRows halves;
    private CompactRows bytes;
    private float[] query;
    private final int[] ordinals = new int[ROWS];
    private final float[] out = new float[BATCH];
    private int next;

    /** Makes rows, and holds every kernel against sums in double precision and its scalar twin. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        tested = kernels.equals("scalar") ? Kernels.scalarVector() : Kernels.vector();
        Expect.kernels(kernels, tested.name());
        SplitRandom random = new SplitRandom(17);
        query = gaussian(random);
        rows = AtExit.close(VectorSet.allocate(ROWS, dimension));
        for (int row = 0; row < ROWS; row++) {
            rows.set(row, gaussian(random), 0);
            // 37 and 64 have no common divisor: all rows, out of order.
            ordinals[row] = row * 37 % ROWS;
        }
        boolean isScalar = kernels.equals("scalar");
        halves = new CompactRows(isScalar ? Kernels.scalarBfloat16() : Kernels.bfloat16());
        bytes = new CompactRows(isScalar ? Kernels.scalarInt8() : Kernels.int8());
        verify();
        halves.verify();
        bytes.verify();
    }

    /**
     * Product with one row.
     *
     * @return the product.
     */
    @Benchmark
    public float dot() {
        return tested.dot(query, rows.segment(), offsetOfNext(), dimension);
    }

    /**
     * Distance to one row.
     *
     * @return the distance.
     */
    @Benchmark
    public float squaredDistance() {
        return tested.squaredDistance(query, rows.segment(), offsetOfNext(), dimension);
    }

    /**
     * Products with 32 rows.
     *
     * @return the products.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public float[] dotBatch() {
        next = (next + 1) % LAST_BATCH;
        dotBatch(next);
        return out;
    }

    /**
     * Distances to 32 rows.
     *
     * @return the distances.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public float[] squaredDistanceBatch() {
        next = (next + 1) % LAST_BATCH;
        squaredDistanceBatch(next);
        return out;
    }

    /**
     * Distance to one row of bfloat16.
     *
     * @return the distance.
     */
    @Benchmark
    public float squaredDistanceBfloat16() {
        return halves.squaredDistance(nextRow());
    }

    /**
     * Distance to one row of int8.
     *
     * @return the distance.
     */
    @Benchmark
    public float squaredDistanceInt8() {
        return bytes.squaredDistance(nextRow());
    }

    /**
     * Products with 32 rows of bfloat16.
     *
     * @return the products.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public float[] dotBatchBfloat16() {
        next = (next + 1) % LAST_BATCH;
        halves.dotBatch(next);
        return out;
    }

    /**
     * Products with 32 rows of int8.
     *
     * @return the products.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public float[] dotBatchInt8() {
        next = (next + 1) % LAST_BATCH;
        bytes.dotBatch(next);
        return out;
    }

    /**
     * Distances to 32 rows of bfloat16.
     *
     * @return the distances.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public float[] squaredDistanceBatchBfloat16() {
        next = (next + 1) % LAST_BATCH;
        halves.squaredDistanceBatch(next);
        return out;
    }

    /**
     * Distances to 32 rows of int8.
     *
     * @return the distances.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public float[] squaredDistanceBatchInt8() {
        next = (next + 1) % LAST_BATCH;
        bytes.squaredDistanceBatch(next);
        return out;
    }

    private int nextRow() {
        next = (next + 1) % ROWS;
        return ordinals[next];
    }

    private long offsetOfNext() {
        return rows.offset(nextRow());
    }

    private void dotBatch(int from) {
        tested.dotBatch(
                query,
                dimension,
                rows.segment(),
                0,
                rows.strideBytes(),
                ordinals,
                from,
                BATCH,
                out);
    }

    private void squaredDistanceBatch(int from) {
        tested.squaredDistanceBatch(
                query,
                dimension,
                rows.segment(),
                0,
                rows.strideBytes(),
                ordinals,
                from,
                BATCH,
                out);
    }

    private void verify() {
        VectorKernels scalar = Kernels.scalarVector();
        float[] products = new float[BATCH];
        float[] distances = new float[BATCH];
        for (int from = 0; from <= LAST_BATCH; from++) {
            for (int i = 0; i < BATCH; i++) {
                long at = rows.offset(ordinals[from + i]);
                products[i] = tested.dot(query, rows.segment(), at, dimension);
                distances[i] = tested.squaredDistance(query, rows.segment(), at, dimension);
                float product = scalar.dot(query, rows.segment(), at, dimension);
                float distance = scalar.squaredDistance(query, rows.segment(), at, dimension);
                Expect.near(product, products[i], dimension, "product");
                Expect.near(distance, distances[i], dimension, "distance");
            }
            verifyExactly(ordinals[from], products[0], distances[0]);
            dotBatch(from);
            Expect.same(products, out, "products of a batch");
            squaredDistanceBatch(from);
            Expect.same(distances, out, "distances of a batch");
        }
    }

    private void verifyExactly(int row, float product, float distance) {
        float[] values = new float[dimension];
        rows.get(row, values, 0);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < dimension; i++) {
            double difference = (double) query[i] - values[i];
            sum += (double) query[i] * values[i];
            squares += difference * difference;
        }
        Expect.near(sum, product, dimension, "product");
        Expect.near(squares, distance, dimension, "distance");
    }

    private float[] gaussian(SplitRandom random) {
        float[] values = new float[dimension];
        RandomVectors.fill(random, values);
        return values;
    }

    /** The same rows and query with fewer bits. */
    private final class CompactRows {
        private final CompactKernels compact;
        private final int length;
        private final float[] padded;
        private final long stride;
        private final MemorySegment segment;

        CompactRows(CompactKernels compact) {
            this.compact = compact;
            Expect.kernels(kernels, compact.name());
            int line = compact.lineNumbers();
            length = Math.ceilDiv(dimension, line) * line;
            padded = Arrays.copyOf(query, length);
            stride = compact.rowBytes(length);
            segment = AtExit.close(DirectMemory.allocate(ROWS * stride)).segment();
            float[] values = new float[length];
            for (int row = 0; row < ROWS; row++) {
                rows.get(row, values, 0);
                compact.encode(values, segment, row * stride, length);
            }
        }

        float squaredDistance(int row) {
            return compact.squaredDistance(padded, segment, row * stride, length);
        }

        void dotBatch(int from) {
            compact.dotBatch(padded, length, segment, 0, stride, ordinals, from, BATCH, out);
        }

        void squaredDistanceBatch(int from) {
            compact.squaredDistanceBatch(
                    padded, length, segment, 0, stride, ordinals, from, BATCH, out);
        }

        /** Holds batches against the kernels for float32 over the decoded rows. */
        void verify() {
            VectorKernels scalar = Kernels.scalarVector();
            float[] values = new float[length];
            dotBatch(0);
            float[] products = out.clone();
            squaredDistanceBatch(0);
            for (int i = 0; i < BATCH; i++) {
                compact.decode(segment, ordinals[i] * stride, values, length);
                float product = scalar.dot(padded, 0, values, 0, length);
                float distance = scalar.squaredDistance(padded, 0, values, 0, length);
                Expect.near(product, products[i], dimension, "product");
                Expect.near(distance, out[i], dimension, "distance");
            }
        }
    }
}
