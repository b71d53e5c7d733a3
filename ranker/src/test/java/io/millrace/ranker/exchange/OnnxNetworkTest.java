package io.millrace.ranker.exchange;

import static io.millrace.ranker.exchange.OnnxBytes.floats;
import static io.millrace.ranker.exchange.OnnxBytes.graph;
import static io.millrace.ranker.exchange.OnnxBytes.node;
import static io.millrace.ranker.exchange.OnnxBytes.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnStructure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Graphs as exporters write them, against formulas over their tensors. */
final class OnnxNetworkTest {
    private static final int WIDTH = 11;
    private static final int RANK = 3;
    private static final int UNITS = 5;

    /** Tensors by name; {@code v} and {@code d} are given with inputs as rows, for MatMul. */
    private final SafetensorsBytes tensors =
            new SafetensorsBytes()
                    .random("w", WIDTH, WIDTH)
                    .random("wb", WIDTH)
                    .random("v", WIDTH, RANK)
                    .random("vb", RANK)
                    .random("u", WIDTH, RANK)
                    .random("ub", WIDTH)
                    .random("d", WIDTH, UNITS)
                    .random("db", UNITS)
                    .random("h", 2, WIDTH + UNITS)
                    .random("hb", 2)
                    .random("o", 1, UNITS)
                    .random("ob", 1);

    @TempDir Path folder;

    @Test
    void shouldReadALowRankWhenProductsAndSumsAreNodesOfTheirOwn() {
        OnnxBytes graph =
                graph(
                        node("i = Identity x"),
                        node("t = MatMul i v"),
                        node("s = Add t vb"),
                        node("a = Gemm s u ub").attribute("transB", 1),
                        node("p = Mul a x"),
                        node("c = Add x p"),
                        node("f = Gemm c d db"),
                        node("r = Relu f"),
                        node("l = Gemm r o ob").attribute("transB", 1),
                        node("q = Sigmoid l"),
                        node("y = Squeeze q"));
        addFloats(graph, "v vb u ub d db o ob");
        DcnNetwork network = read(graph);
        assertEquals(RANK, network.shape().rank());
        assertEquals(DcnStructure.STACKED, network.shape().structure());
        Plain.assertSame(
                x -> {
                    double[] t = Plain.turned(values("v"), 0, RANK, x);
                    for (int i = 0; i < RANK; i++) {
                        t[i] += values("vb")[i];
                    }
                    double[] c = Plain.cross(x, Plain.dense(values("u"), values("ub"), t), x);
                    return Plain.dense(values("o"), values("ob"), deep(c));
                },
                network);
    }

    @Test
    void shouldPutTheCrossPartFirstWhenTheHeadTakesTheDeepPartFirst() {
        OnnxBytes graph =
                graph(
                        node("a = Gemm x w wb").attribute("transB", 1),
                        node("p = Mul x a"),
                        node("c = Add p x"),
                        node("f = Gemm x d db"),
                        node("r = Relu f"),
                        node("j = Concat r c").attribute("axis", -1),
                        node("y = Gemm j h hb").attribute("transB", 1));
        addFloats(graph, "w wb d db h hb");
        Plain.assertSame(
                x -> {
                    double[] c = Plain.cross(x, Plain.dense(values("w"), values("wb"), x), x);
                    return Plain.dense(values("h"), values("hb"), Plain.join(deep(x), c));
                },
                read(graph));
    }

    @Test
    void shouldScaleWeightsAndBiasWhenAGemmSaysSo() {
        OnnxBytes graph =
                graph(
                        node("f = Gemm x d db").attribute("alpha", 0.5f).attribute("beta", 3f),
                        node("r = Relu f"),
                        node("y = Gemm r o").attribute("transB", 1));
        addFloats(graph, "d db o");
        DcnNetwork network = read(graph);
        assertEquals(0, network.shape().crossLayers());
        Plain.assertSame(
                x -> {
                    double[] f = Plain.turned(values("d"), 0, UNITS, x);
                    for (int i = 0; i < UNITS; i++) {
                        f[i] = 0.5 * f[i] + 3 * values("db")[i];
                    }
                    return Plain.dense(values("o"), new float[1], Plain.relu(f));
                },
                network);
    }

    @Test
    void shouldReadALinearModelWhenThereIsNothingElse() {
        OnnxBytes graph =
                graph(
                        node("z = Flatten x"),
                        node("k = Constant").attribute("value", floats("", new int[] {1}, 0.75f)),
                        node("m = MatMul z d"),
                        node("n = Add m db"),
                        node("y = Add k n"));
        addFloats(graph, "d db");
        Plain.assertSame(
                x -> {
                    double[] y = Plain.turned(values("d"), 0, UNITS, x);
                    for (int i = 0; i < UNITS; i++) {
                        y[i] += values("db")[i] + 0.75;
                    }
                    return y;
                },
                read(graph));
    }

    /** The same numbers in every form in which a file may hold them. */
    @ParameterizedTest
    @ValueSource(strings = {"float", "packed", "double", "half", "bfloat", "raw", "external"})
    void shouldReadTheSameNumbersWhenTheyAreHeldInAnotherWay(String form) throws IOException {
        float[] values = {1.5f, -2, 0.25f, 3, -0.5f, 8};
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * 6).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer doubles = ByteBuffer.allocate(Double.BYTES * 6).order(ByteOrder.LITTLE_ENDIAN);
        OnnxBytes halves = tensor("k", 10, 2, 3);
        OnnxBytes upperHalves = tensor("k", 16, 2, 3);
        for (float value : values) {
            raw.putFloat(value);
            doubles.putDouble(value);
            halves.number(5, Float.floatToFloat16(value) & 0xffff);
            upperHalves.number(5, Float.floatToIntBits(value) >>> 16);
        }
        byte[] file = new byte[4 + raw.capacity()];
        System.arraycopy(raw.array(), 0, file, 4, raw.capacity());
        Files.write(folder.resolve("weights.bin"), file);
        OnnxBytes weights =
                switch (form) {
                    case "float" -> floats("k", new int[] {2, 3}, values);
                    case "packed" -> tensor("k", 1, 2, 3).raw(4, raw.array());
                    case "double" -> tensor("k", 11, 2, 3).raw(10, doubles.array());
                    case "half" -> halves;
                    case "bfloat" -> upperHalves;
                    case "raw" -> tensor("k", 1, 2, 3).raw(9, raw.array());
                    default -> external("weights.bin", 4, raw.capacity());
                };
        OnnxBytes graph = graph(node("y = MatMul x k")).message(5, weights);
        Plain.assertSame(x -> Plain.turned(values, 0, 3, x), read(graph));
    }

    @ParameterizedTest
    @CsvSource({
        "../weights.bin, 0, 24, outside of the model's folder",
        "/etc/passwd, 0, 24, outside of the model's folder",
        "'', 0, 24, outside of the model's folder",
        "missing.bin, 0, 24, no such file",
        "weights.bin, 8, 24, offset=8",
        "weights.bin, 0, 20, length=20",
        "weights.bin, 0, 9223372036854775807, length=9223372036854775807",
        "weights.bin, -1, 24, offset=-1"
    })
    void shouldRefuseWhenExternalDataAreNotThere(
            String location, long offset, long length, String named) throws IOException {
        Files.write(folder.resolve("weights.bin"), new byte[24]);
        OnnxBytes graph =
                graph(node("y = MatMul x k")).message(5, external(location, offset, length));
        MillraceException e = assertThrows(MillraceException.class, () -> read(graph));
        assertTrue(e.getMessage().contains(named), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "y = Softmax x | operator=Softmax,",
                "m = MatMul x d;y = Tanh m | node=#1, operator=Tanh,",
                "m = MatMul x d;y = Add m m | operator=Add that ends no cross layer",
                "m = MatMul x d;y = Mul m m | operator=Mul of other than the input",
                "y = Relu x | operator=Relu of no dense layer",
                "y = Sigmoid x | operator=Sigmoid of no dense layer",
                "y = Add x db | operator=Add of a constant and no dense layer",
                "y = MatMul x x | operator=MatMul whose weights are no constant",
                "y = MatMul d d | operator=MatMul of a constant where",
                "m = MatMul x d;y = Squeeze m | operator=Squeeze of more than one",
                "y = Concat x x | operator=Concat along an axis",
                "y = Constant | operator=Constant without a tensor",
                "y = Identity x | the output is no dense layer",
                "y = MatMul x q | data_type=7"
            })
    void shouldNameTheOperatorWhenItIsOutsideOfTheFamily(String nodes, String named) {
        OnnxBytes graph = graph(nodes(nodes));
        addFloats(graph, "d db");
        graph.message(5, tensor("q", 7, 2, 2).raw(9, new byte[32]));
        assertRefused(ErrorCode.BAD_INPUT, named, graph);
    }

    @Test
    void shouldNameTheDomainWhenAnOperatorIsNotOfOnnx() {
        OnnxBytes node = node("y = Gemm x d db").text(7, "com.example");
        assertRefused(ErrorCode.BAD_INPUT, "operator=com.example.Gemm", graph(node));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "y = MatMul z d | input=z",
                "y = MatMul x | inputs=[x]",
                "z = MatMul x d | output=[y]",
                "y = MatMul x db | tensor=db, expected=2 dimensions, actual=[5]",
                "y = Gemm x d wb | tensor=wb, expected=[5], actual=[11]",
                "a = MatMul x d;r = Relu a;y = MatMul r d | tensor=d, outputs=5, inputs=11",
                "a = MatMul x v;p = Mul x a;c = Add x p;y = MatMul c d | tensor=v, outputs=3"
            })
    void shouldSayWhatDiffersWhenAGraphContradictsItself(String nodes, String named) {
        OnnxBytes graph = graph(nodes(nodes));
        addFloats(graph, "d db wb v");
        assertRefused(ErrorCode.CORRUPT_FILE, named, graph);
    }

    @Test
    void shouldRefuseWhenATensorContradictsItself() {
        assertRefused(
                ErrorCode.CORRUPT_FILE,
                "tensor=k, elements=6, length=8",
                graph(node("y = MatMul x k")).message(5, floats("k", new int[] {2, 3}, 1, 2)));
        assertRefused(
                ErrorCode.CORRUPT_FILE,
                "tensor=k, index=1",
                graph(node("y = MatMul x k"))
                        .message(5, floats("k", new int[] {2, 1}, 1, Float.NaN)));
        assertRefused(
                ErrorCode.CORRUPT_FILE,
                "shape=[] and -4",
                graph(node("y = MatMul x k")).message(5, tensor("k", 1, -4)));
    }

    @Test
    void shouldRefuseWhenTheGraphIsNotOneNetwork() {
        OnnxBytes twoInputs =
                graph(node("y = MatMul x d")).message(11, new OnnxBytes().text(1, "other"));
        assertRefused(ErrorCode.BAD_INPUT, "inputs=[x, other]", twoInputs);
        OnnxBytes many = new OnnxBytes();
        for (int i = 0; i < 600; i++) {
            many.message(1, node("i = Identity x"));
        }
        assertRefused(
                ErrorCode.BAD_INPUT,
                "nodes=600",
                many.message(11, new OnnxBytes().text(1, "x"))
                        .message(12, new OnnxBytes().text(1, "i")));
    }

    private static OnnxBytes[] nodes(String formulas) {
        String[] lines = formulas.split(";", -1);
        OnnxBytes[] nodes = new OnnxBytes[lines.length];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = node(lines[i]);
        }
        return nodes;
    }

    private OnnxBytes external(String location, long offset, long length) {
        OnnxBytes tensor = tensor("k", 1, 2, 3).number(14, 1);
        String[] entries = {"location", location, "offset", "" + offset, "length", "" + length};
        for (int i = 0; i < entries.length; i += 2) {
            tensor.message(13, new OnnxBytes().text(1, entries[i]).text(2, entries[i + 1]));
        }
        return tensor;
    }

    private void addFloats(OnnxBytes graph, String names) {
        for (String name : names.split(" ", -1)) {
            graph.message(5, floats(name, tensors.shape(name), values(name)));
            // Older exporters list constants as inputs as well.
            graph.message(11, new OnnxBytes().text(1, name));
        }
    }

    private float[] values(String name) {
        return tensors.values(name);
    }

    private double[] deep(double[] x) {
        double[] f = Plain.turned(values("d"), 0, UNITS, x);
        for (int i = 0; i < UNITS; i++) {
            f[i] += values("db")[i];
        }
        return Plain.relu(f);
    }

    private void assertRefused(ErrorCode code, String part, OnnxBytes graph) {
        MillraceException e = assertThrows(MillraceException.class, () -> read(graph));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    private DcnNetwork read(OnnxBytes graph) {
        try {
            return OnnxNetwork.read(
                    Files.write(folder.resolve("model.onnx"), OnnxBytes.model(graph)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
