package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The products of the ranker's layers, in microseconds per product.
 *
 * <p>A product of {@code rows x inputs x outputs} is {@code 2 * rows * inputs * outputs} flops, so
 * divide these constants by the microseconds to get GFLOP/s; the element-wise work of a cross
 * layer, under 1 % of them, is not counted:
 *
 * <ul>
 *   <li>504x256x256: 66,060 (66.06 million flops);
 *   <li>512x109x200: 22,323 (22.32 million flops; sizes that fill no panel).
 * </ul>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class MatrixKernelBenchmark {
    /** Examples, inputs of the layer, outputs of the layer. */
    @Param({"504x256x256", "512x109x200"})
    String shape;

    /** Which kernels: those of the Vector API, or plain loops. */
    @Param({"panama", "scalar"})
    String kernels;

    private MatrixKernels tested;
    private int rows;
    private MatrixView x;
    private PackedMatrix w;
    private float[] bias;
    private MatrixView base;
    private MatrixView previous;
    private MatrixView y;

    /** Makes matrices, and holds both products against their scalar twins, bit for bit. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        tested = kernels.equals("scalar") ? Kernels.scalarMatrix() : Kernels.matrix();
        Expect.kernels(kernels, tested.name());
        int[] sizes = Arrays.stream(shape.split("x", -1)).mapToInt(Integer::parseInt).toArray();
        rows = sizes[0];
        int inputs = sizes[1];
        int outputs = sizes[2];
        SplitRandom random = new SplitRandom(19);
        x = gaussian(random, inputs);
        float[] weights = new float[outputs * inputs];
        RandomVectors.fill(random, weights);
        w = PackedMatrix.of(weights, outputs, inputs);
        bias = new float[outputs];
        RandomVectors.fill(random, bias);
        base = gaussian(random, outputs);
        previous = gaussian(random, outputs);
        y = MatrixView.of(new float[rows * outputs], 0, outputs);
        verify(weights, inputs, outputs);
    }

    /**
     * A layer with bias and ReLU.
     *
     * @return its outputs.
     */
    @Benchmark
    public float[] multiplyPacked() {
        tested.multiplyPacked(x, rows, w, bias, Activation.RELU, y);
        return y.values();
    }

    /**
     * A cross layer.
     *
     * @return its outputs.
     */
    @Benchmark
    public float[] crossPacked() {
        tested.crossPacked(x, rows, w, bias, base, previous, y);
        return y.values();
    }

    private void verify(float[] weights, int inputs, int outputs) {
        MatrixKernels scalar = Kernels.scalarMatrix();
        MatrixView expected = MatrixView.of(new float[rows * outputs], 0, outputs);
        scalar.multiplyPacked(x, rows, w, bias, Activation.RELU, expected);
        Expect.same(expected.values(), multiplyPacked(), "layer");
        for (int row = 0; row < rows; row += 7) {
            int output = row % outputs;
            double sum = bias[output];
            for (int i = 0; i < inputs; i++) {
                sum += (double) x.values()[row * inputs + i] * weights[output * inputs + i];
            }
            float actual = y.values()[row * outputs + output];
            Expect.near(Math.max(0, sum), actual, inputs, "element of a layer");
        }
        scalar.crossPacked(x, rows, w, bias, base, previous, expected);
        Expect.same(expected.values(), crossPacked(), "cross layer");
    }

    private MatrixView gaussian(SplitRandom random, int columns) {
        float[] values = new float[rows * columns];
        RandomVectors.fill(random, values);
        return MatrixView.of(values, 0, columns);
    }
}
