package io.millrace.jmh;

import ai.onnxruntime.OrtException;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.dcn.pass.DcnHalvesScorer;
import io.millrace.ranker.dcn.pass.DcnRowScorer;
import io.millrace.ranker.exchange.DcnVariant;
import io.millrace.ranker.exchange.DescribedNetwork;
import io.millrace.ranker.exchange.NetworkDescription;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.SafetensorsFile;
import io.millrace.ranker.model.WeightType;

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

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Scores 500 rows of 256 numbers with a parallel DCN-v2 of 3 cross layers and a deep part of 256
 * and 128 units, in microseconds a batch on one thread, beside ONNX Runtime with the same weights.
 * The first 128 numbers of all rows are the same, as user and context are in a request.
 *
 * <p>Weights and rows are those of {@code ../shared/fixtures/dcnv2_speed.*} where they are, else
 * random ones of the same sizes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class RankerPeerBenchmark {
    private static final int COUNT = 500;
    private static final int WIDTH = 256;
    private static final int SHARED = 128;
    private static final int RANK = 64;

    private final float[] logits = new float[COUNT];
    private float[] rows;
    private OnnxSession full;
    private OnnxSession lowRank;
    private DcnRowScorer plain;
    private DcnRowScorer shared;
    private DcnRowScorer lowRankPlain;
    private DcnHalvesScorer halves;
    private float[] sharedPart;
    private int[] items;

    /**
     * Reads or makes the networks, and holds the logits of all ways against each other.
     *
     * @throws IOException when the network can't be read or written.
     * @throws OrtException when ONNX Runtime refuses it.
     */
    @Setup
    public void prepare() throws IOException, OrtException {
        Expect.servingOptions();
        DcnNetwork network = random(0);
        rows = randomRows();
        byte[] model = OnnxModel.of(network);
        Path data =
                Path.of(
                        Objects.requireNonNullElse(
                                System.getenv("MILLRACE_DATA"), "../shared/data"));
        Path tensors = data.resolveSibling("fixtures").resolve("dcnv2_speed.safetensors");
        if (Files.exists(tensors)) {
            SafetensorsFile file = SafetensorsFile.read(tensors);
            network =
                    DescribedNetwork.read(
                            file, NetworkDescription.ofVariant(file, DcnVariant.FULL_PARALLEL));
            rows = file.floats("X", COUNT, WIDTH);
            model = Files.readAllBytes(tensors.resolveSibling("dcnv2_speed.onnx"));
        }
        DcnNetwork lowRankNetwork = random(RANK);
        full = AtExit.close(new OnnxSession(model, rows, COUNT));
        lowRank = AtExit.close(new OnnxSession(OnnxModel.of(lowRankNetwork), rows, COUNT));
        plain = new DcnRowScorer(network, 0);
        shared = new DcnRowScorer(network, SHARED);
        lowRankPlain = new DcnRowScorer(lowRankNetwork, 0);
        prepareHalves(network);
        expectEqual(onnxRuntime(), plain());
        expectEqual(onnxRuntime(), itemHalves());
        expectEqual(onnxRuntime(), sharedOnce());
        expectEqual(onnxRuntimeLowRank(), lowRank());
    }

    private void prepareHalves(DcnNetwork network) {
        int ownWidth = WIDTH - SHARED;
        DcnItemHalves table =
                AtExit.close(new DcnItemHalves(network, SHARED, COUNT, WeightType.F32));
        sharedPart = Arrays.copyOf(rows, SHARED);
        float[] itemParts = new float[COUNT * ownWidth];
        items = new int[COUNT];
        for (int item = 0; item < COUNT; item++) {
            int at = item * WIDTH + SHARED;
            System.arraycopy(rows, at, itemParts, item * ownWidth, ownWidth);
            items[item] = item;
        }
        table.set(0, COUNT, itemParts);
        halves = new DcnHalvesScorer(table);
    }

    /**
     * ONNX Runtime on plain input.
     *
     * @return the logits of the rows.
     * @throws OrtException when ONNX Runtime fails.
     */
    @Benchmark
    public FloatBuffer onnxRuntime() throws OrtException {
        return full.run();
    }

    /**
     * ONNX Runtime on plain input, cross layers of rank 64.
     *
     * @return the logits of the rows.
     * @throws OrtException when ONNX Runtime fails.
     */
    @Benchmark
    public FloatBuffer onnxRuntimeLowRank() throws OrtException {
        return lowRank.run();
    }

    /**
     * Ours on plain input.
     *
     * @return the logits of the rows.
     */
    @Benchmark
    public float[] plain() {
        plain.logitsInto(rows, COUNT, 0, logits);
        return logits;
    }

    /**
     * Ours, with what the shared half contributes to the first layers computed once.
     *
     * @return the logits of the rows.
     */
    @Benchmark
    public float[] sharedOnce() {
        shared.logitsInto(rows, COUNT, 0, logits);
        return logits;
    }

    /**
     * Ours, with that and with what each item contributes to the first layers computed before.
     *
     * @return the logits of the rows.
     */
    @Benchmark
    public float[] itemHalves() {
        halves.logitsInto(sharedPart, items, COUNT, 0, logits);
        return logits;
    }

    /**
     * Ours on plain input, cross layers of rank 64.
     *
     * @return the logits of the rows.
     */
    @Benchmark
    public float[] lowRank() {
        lowRankPlain.logitsInto(rows, COUNT, 0, logits);
        return logits;
    }

    private static DcnNetwork random(int rank) {
        DcnNetwork network =
                new DcnNetwork(
                        WIDTH,
                        new DcnShape(1, 3, rank, DcnStructure.PARALLEL, List.of(256, 128)),
                        1);
        SplitRandom random = new SplitRandom(23);
        for (DenseLayer layer : network.layers()) {
            layer.fill(random);
        }
        return network;
    }

    private static float[] randomRows() {
        SplitRandom random = new SplitRandom(24);
        float[] rows = new float[COUNT * WIDTH];
        for (int i = 0; i < rows.length; i++) {
            boolean isShared = i >= WIDTH && i % WIDTH < SHARED;
            rows[i] = isShared ? rows[i - WIDTH] : (float) random.nextGaussian();
        }
        return rows;
    }

    private static void expectEqual(FloatBuffer expected, float[] actual) {
        for (int i = 0; i < COUNT; i++) {
            double tolerance = 1e-5 * Math.max(1, Math.abs(expected.get(i)));
            Expect.that(
                    Math.abs(expected.get(i) - actual[i]) <= tolerance,
                    "logits differ: row=%s, onnx runtime=%s, ours=%s",
                    i,
                    expected.get(i),
                    actual[i]);
        }
    }
}
