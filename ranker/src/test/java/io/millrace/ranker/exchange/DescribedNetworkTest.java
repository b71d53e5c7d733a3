package io.millrace.ranker.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.model.SafetensorsFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Tensors of names that are usual, or described, against formulas over the tensors. */
final class DescribedNetworkTest {
    private static final int WIDTH = 13;
    private static final int RANK = 4;
    private static final int EXPERTS = 3;

    @TempDir Path folder;

    @Test
    void shouldGiveTheLogitsOfTheFormulaWhenExpertsAreMixed() {
        SafetensorsBytes tensors = mixed();
        SafetensorsFile file = write(tensors);
        DcnNetwork network =
                DescribedNetwork.read(
                        file, NetworkDescription.ofVariant(file, DcnVariant.MIX_PARALLEL));
        assertEquals(EXPERTS, network.shape().experts());
        Plain.assertSame(
                x0 -> {
                    double[] x = mixture(tensors, "mix.0", x0, x0);
                    x = mixture(tensors, "mix.1", x0, x);
                    double[] h = Plain.relu(layer(tensors, "deep.0", x0));
                    return layer(tensors, "head.parallel", Plain.join(x, h));
                },
                network);
    }

    /** {@code Σₖ pₖ x₀ ⊙ (Uₖ tanh(Cₖ tanh(Vₖᵀ x)) + b) + x}, expert after expert. */
    private static double[] mixture(
            SafetensorsBytes tensors, String name, double[] x0, double[] x) {
        double[] gates = Plain.dense(tensors.values(name + ".gate"), new float[EXPERTS], x);
        double all = 0;
        for (double gate : gates) {
            all += Math.exp(gate);
        }
        double[] sum = new double[WIDTH];
        for (int expert = 0; expert < EXPERTS; expert++) {
            int at = expert * WIDTH * RANK;
            double[] v = tanh(Plain.turned(tensors.values(name + ".V"), at, RANK, x));
            double[] c = new double[RANK];
            for (int i = 0; i < RANK; i++) {
                for (int j = 0; j < RANK; j++) {
                    c[i] += tensors.values(name + ".C")[(expert * RANK + i) * RANK + j] * v[j];
                }
            }
            c = tanh(c);
            for (int i = 0; i < WIDTH; i++) {
                double u = tensors.values(name + ".bias")[i];
                for (int j = 0; j < RANK; j++) {
                    u += tensors.values(name + ".U")[at + i * RANK + j] * c[j];
                }
                sum[i] += Math.exp(gates[expert]) / all * u;
            }
        }
        return Plain.cross(x0, sum, x);
    }

    private static double[] tanh(double[] x) {
        double[] y = x.clone();
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.tanh(y[i]);
        }
        return y;
    }

    @Test
    void shouldGiveTheLogitsOfTheFormulaWhenTensorsAreDescribed() throws IOException {
        SafetensorsBytes tensors =
                new SafetensorsBytes()
                        .random("a", WIDTH, RANK)
                        .random("b", WIDTH, RANK)
                        .random("w1", 6, WIDTH)
                        .random("b1", 6)
                        .random("out", 2, 6);
        SafetensorsFile file = write(tensors);
        DcnNetwork network =
                DescribedNetwork.read(
                        file,
                        describe(
                                """
                                {"format": 1, "structure": "stacked", "cross": [{"u": "a", "v": "b"}],
                                 "deep": [{"weight": "w1", "bias": "b1"}], "head": {"weight": "out"}}
                                """));
        Plain.assertSame(
                x0 -> {
                    double[] t = Plain.turned(tensors.values("b"), 0, RANK, x0);
                    double[] x =
                            Plain.cross(
                                    x0, Plain.dense(tensors.values("a"), new float[WIDTH], t), x0);
                    double[] h = Plain.dense(tensors.values("w1"), tensors.values("b1"), x);
                    return Plain.dense(tensors.values("out"), new float[2], Plain.relu(h));
                },
                network);
    }

    @Test
    void shouldMakeAPlainNetworkWhenNoCrossLayerIsDescribed() throws IOException {
        SafetensorsBytes tensors =
                new SafetensorsBytes().random("w", 5, WIDTH).random("h", 1, 5).random("hb", 1);
        DcnNetwork network =
                DescribedNetwork.read(
                        write(tensors),
                        describe(
                                """
                                {"format": 1, "structure": "stacked", "cross": null,
                                 "deep": [{"weight": "w"}], "head": {"weight": "h", "bias": "hb"}}
                                """));
        Plain.assertSame(
                x ->
                        Plain.dense(
                                tensors.values("h"),
                                tensors.values("hb"),
                                Plain.relu(Plain.dense(tensors.values("w"), new float[5], x))),
                network);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mix.1.U",
                "mix.0.gate",
                "mix.1.bias",
                "deep.0.weight",
                "head.parallel.bias"
            })
    void shouldNameTheTensorWhenItIsMissing(String name) {
        assertRefused(
                ErrorCode.CORRUPT_FILE, "missing tensor: tensor=" + name, mixed().without(name));
    }

    @ParameterizedTest
    @CsvSource({
        "mix.0.V, 3 13 5",
        "mix.1.C, 3 4 3",
        "mix.1.gate, 13 3",
        "mix.0.bias, 12",
        "deep.0.weight, 6 12",
        "deep.0.bias, 7",
        "head.parallel.weight, 1 13"
    })
    void shouldNameTheTensorWhenItIsOfAnotherShape(String name, String shape) {
        int[] sizes = Arrays.stream(shape.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
        assertRefused(
                ErrorCode.CORRUPT_FILE,
                "tensor of another form: tensor=" + name,
                mixed().random(name, sizes));
    }

    @Test
    void shouldNameTheNumberWhenItIsNotFinite() {
        SafetensorsBytes tensors = mixed();
        tensors.values("deep.0.weight")[8] = Float.NEGATIVE_INFINITY;
        assertRefused(ErrorCode.CORRUPT_FILE, "tensor=deep.0.weight, index=8", tensors);
    }

    /** A rank of nothing would ask for a square matrix that no byte of the file stands for. */
    @ParameterizedTest
    @CsvSource({"60000 0, rank=0", "70000 1, width=70000", "0 3, width=0", "8 9, rank=9"})
    void shouldRefuseWhenSizesAreOutOfBounds(String shape, String named) {
        int[] sizes = Arrays.stream(shape.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
        SafetensorsBytes tensors =
                new SafetensorsBytes()
                        .random("lowrank.0.U", sizes)
                        .random("lowrank.0.V", sizes)
                        .random("lowrank.0.bias", sizes[0])
                        .random("head.stacked.weight", 1, sizes[0])
                        .random("head.stacked.bias", 1);
        SafetensorsFile file = write(tensors);
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                DescribedNetwork.read(
                                        file,
                                        NetworkDescription.ofVariant(
                                                file, DcnVariant.LOWRANK_STACKED)));
        assertEquals(ErrorCode.BAD_INPUT, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(named), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'format': 2, 'structure': 'stacked', 'head': {'weight': 'h'}} | format=2",
                "{'format': 1, 'head': {'weight': 'h'}} | key=structure",
                "{'format': 1, 'structure': 'stacked'} | key=head",
                "{'format': 1, 'structure': 'stacked', 'head': {}} | key=weight",
                "{'format': 1, 'structure': 'beside', 'head': {'weight': 'h'}} | key=structure",
                "{'format': 1, 'structure': 'stacked', 'head': {'weight': 'h'}, 'hed': 1} |"
                        + " key=hed",
                "{'format': 1, 'structure': 'stacked', 'head': {'weight': 'h'}, 'cross': [{'u':"
                        + " 'u'}]} | name weight, or u and v",
                "{'format': 1, 'structure': 'stacked', 'head': {'weight': 'h'}, 'cross':"
                        + " [{'weight': 'w'}, {'u': 'u', 'v': 'v'}]} | cross[1]=LOW_RANK",
                "{'format': 1 | line=1"
            })
    void shouldNameTheKeyWhenADescriptionMakesNoSense(String json, String named)
            throws IOException {
        String text = json.replace('\'', '"');
        MillraceException e = assertThrows(MillraceException.class, () -> describe(text));
        assertTrue(e.getMessage().contains(named), e.getMessage());
        assertTrue(e.getMessage().contains("description.json"), e.getMessage());
    }

    private static SafetensorsBytes mixed() {
        SafetensorsBytes tensors = new SafetensorsBytes();
        for (String name : new String[] {"mix.0", "mix.1"}) {
            tensors.random(name + ".U", EXPERTS, WIDTH, RANK)
                    .random(name + ".V", EXPERTS, WIDTH, RANK)
                    .random(name + ".C", EXPERTS, RANK, RANK)
                    .random(name + ".gate", EXPERTS, WIDTH)
                    .random(name + ".bias", WIDTH);
        }
        return tensors.random("deep.0.weight", 6, WIDTH)
                .random("deep.0.bias", 6)
                .random("head.parallel.weight", 1, WIDTH + 6)
                .random("head.parallel.bias", 1);
    }

    private static double[] layer(SafetensorsBytes tensors, String name, double[] x) {
        return Plain.dense(tensors.values(name + ".weight"), tensors.values(name + ".bias"), x);
    }

    private void assertRefused(ErrorCode code, String part, SafetensorsBytes tensors) {
        SafetensorsFile file = write(tensors);
        NetworkDescription description =
                NetworkDescription.ofVariant(file, DcnVariant.MIX_PARALLEL);
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> DescribedNetwork.read(file, description));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    private NetworkDescription describe(String json) throws IOException {
        return NetworkDescription.read(Files.writeString(folder.resolve("description.json"), json));
    }

    private SafetensorsFile write(SafetensorsBytes tensors) {
        try {
            return SafetensorsFile.read(
                    Files.write(folder.resolve("w.safetensors"), tensors.toBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
