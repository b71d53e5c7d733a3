package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.dcn.pass.DcnRowScorer;
import io.millrace.ranker.model.DenseLayer;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How much of what one thread of this machine can multiply and add the ranker does: read the lines
 * {@code :flops}, in floating-point operations a nanosecond, which are GFLOP/s, and divide those of
 * the matrix and of the forward pass by those of the machine.
 *
 * <p>A multiplication and an addition are two operations; of the forward pass only those of its
 * matrix products count, so that all else that it does is overhead.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class PeakBenchmark {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int STEPS = 10_000;

    /** Sums that don't wait for each other: more than any processor has on their way. */
    private static final int CHAINS = 12;

    private static final int COUNT = 500;
    private static final int WIDTH = 256;

    private MatrixView rows;
    private PackedMatrix weights;
    private float[] bias;
    private MatrixView products;
    private DcnRowScorer scorer;
    private float[] logits;
    private long forwardFlops;

    /** What a run has computed. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Work {
        /** Floating-point operations. */
        public long flops;
    }

    /** Makes a matrix and the network whose speed is compared with ONNX Runtime's. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        SplitRandom random = new SplitRandom(29);
        float[] values = new float[COUNT * WIDTH];
        RandomVectors.fill(random, values);
        rows = MatrixView.of(values, 0, WIDTH);
        float[] matrix = new float[WIDTH * WIDTH];
        RandomVectors.fill(random, matrix);
        weights = PackedMatrix.of(matrix, WIDTH, WIDTH);
        bias = new float[WIDTH];
        products = MatrixView.of(new float[COUNT * WIDTH], 0, WIDTH);
        DcnNetwork network =
                new DcnNetwork(
                        WIDTH, new DcnShape(1, 3, 0, DcnStructure.PARALLEL, List.of(256, 128)), 1);
        for (DenseLayer layer : network.layers()) {
            layer.fill(random);
            forwardFlops += 2L * COUNT * layer.inputs() * layer.outputs();
        }
        scorer = new DcnRowScorer(network, 0);
        logits = new float[COUNT];
        // A chain that the compiler left out would be seen: x/2 + 1, three times.
        double chains = 0;
        for (int chain = 0; chain < CHAINS; chain++) {
            chains += chain / 8.0 + 1.75;
        }
        Expect.near(chains * SPECIES.length(), sum(3), 1, "sum of chains");
    }

    /**
     * Fused multiplications and additions in registers.
     *
     * @param work told how many.
     * @return their sum.
     */
    @Benchmark
    public float machine(Work work) {
        work.flops += 2L * STEPS * CHAINS * SPECIES.length();
        return sum(STEPS);
    }

    /**
     * A layer of 256 x 256 for 500 rows.
     *
     * @param work told how many operations its product has.
     * @return its outputs.
     */
    @Benchmark
    public float[] matrix(Work work) {
        MatrixKernels kernels = Kernels.matrix();
        kernels.multiplyPacked(rows, COUNT, weights, bias, Activation.RELU, products);
        work.flops += 2L * COUNT * WIDTH * WIDTH;
        return products.values();
    }

    /**
     * The whole of a parallel DCN-v2 for 500 rows.
     *
     * @param work told how many operations its products have.
     * @return the logits of the rows.
     */
    @Benchmark
    public float[] forward(Work work) {
        scorer.logitsInto(rows.values(), COUNT, 0, logits);
        work.flops += forwardFlops;
        return logits;
    }

    /** Takes x/2 + 1 {@code steps} times in each lane of each chain, and adds all up. */
    private static float sum(int steps) {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        FloatVector a = FloatVector.broadcast(SPECIES, 0);
        FloatVector b = FloatVector.broadcast(SPECIES, 1);
        FloatVector c = FloatVector.broadcast(SPECIES, 2);
        FloatVector d = FloatVector.broadcast(SPECIES, 3);
        FloatVector e = FloatVector.broadcast(SPECIES, 4);
        FloatVector f = FloatVector.broadcast(SPECIES, 5);
        FloatVector g = FloatVector.broadcast(SPECIES, 6);
        FloatVector h = FloatVector.broadcast(SPECIES, 7);
        FloatVector i = FloatVector.broadcast(SPECIES, 8);
        FloatVector j = FloatVector.broadcast(SPECIES, 9);
        FloatVector k = FloatVector.broadcast(SPECIES, 10);
        FloatVector l = FloatVector.broadcast(SPECIES, 11);
        for (int step = 0; step < steps; step++) {
            a = a.fma(half, one);
            b = b.fma(half, one);
            c = c.fma(half, one);
            d = d.fma(half, one);
            e = e.fma(half, one);
            f = f.fma(half, one);
            g = g.fma(half, one);
            h = h.fma(half, one);
            i = i.fma(half, one);
            j = j.fma(half, one);
            k = k.fma(half, one);
            l = l.fma(half, one);
        }
        FloatVector sums = a.add(b).add(c).add(d).add(e).add(f);
        return sums.add(g).add(h).add(i).add(j).add(k).add(l).reduceLanes(VectorOperators.ADD);
    }
}
