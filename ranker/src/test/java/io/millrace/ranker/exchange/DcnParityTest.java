package io.millrace.ranker.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.pass.DcnRowScorer;
import io.millrace.ranker.model.SafetensorsFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Networks of known answers, computed elsewhere in double precision. */
final class DcnParityTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "FULL_PARALLEL, 0",
        "FULL_STACKED, 0",
        "LOWRANK_PARALLEL, 24",
        "LOWRANK_STACKED, 24"
    })
    void shouldGiveTheKnownLogitsWhenTheWeightsAreKnown(DcnVariant variant, int rank) {
        SafetensorsFile file = read("dcnv2_parity.safetensors");
        DcnNetwork network = network(file, variant);
        assertEquals(rank, network.shape().rank());
        assertKnownLogits(file, network, variant, 0);
    }

    @Test
    void shouldFindJustTheVariantsWhenAFileHoldsSome() {
        assertEquals(
                List.of(
                        DcnVariant.FULL_STACKED,
                        DcnVariant.FULL_PARALLEL,
                        DcnVariant.LOWRANK_STACKED,
                        DcnVariant.LOWRANK_PARALLEL),
                DcnVariant.in(read("dcnv2_parity.safetensors")));
        assertEquals(
                List.of(DcnVariant.FULL_PARALLEL), DcnVariant.in(read("dcnv2_speed.safetensors")));
    }

    /** The first half of each row is the same, as the user's half in a request is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50, 128})
    void shouldGiveTheKnownLogitsWhenASharedPartIsComputedOnce(int shared) {
        SafetensorsFile file = read("dcnv2_speed.safetensors");
        DcnNetwork network = network(file, DcnVariant.FULL_PARALLEL);
        assertKnownLogits(file, network, DcnVariant.FULL_PARALLEL, shared);
    }

    @Test
    void shouldGiveTheKnownLogitsWhenTheNetworkIsAnOnnxFile() {
        DcnNetwork network = OnnxNetwork.read(fixture("dcnv2_speed.onnx"));
        SafetensorsFile file = read("dcnv2_speed.safetensors");
        assertEquals(network(file, DcnVariant.FULL_PARALLEL).shape(), network.shape());
        assertKnownLogits(file, network, DcnVariant.FULL_PARALLEL, 0);
    }

    private static DcnNetwork network(SafetensorsFile file, DcnVariant variant) {
        return DescribedNetwork.read(file, NetworkDescription.ofVariant(file, variant));
    }

    private static void assertKnownLogits(
            SafetensorsFile file, DcnNetwork network, DcnVariant variant, int shared) {
        int rows = file.shape("X")[0];
        float[] x = file.floats("X", rows, network.width());
        double[] expected = file.doubles("logits." + variant.label(), rows);
        float[] actual = new float[rows];
        new DcnRowScorer(network, shared).logitsInto(x, rows, 0, actual);
        for (int row = 0; row < rows; row++) {
            double tolerance = TOLERANCE * Math.max(1, Math.abs(expected[row]));
            assertEquals(expected[row], actual[row], tolerance, variant + " row " + row);
        }
    }

    private static SafetensorsFile read(String name) {
        return SafetensorsFile.read(fixture(name));
    }

    private static Path fixture(String name) {
        Path data = Path.of(Objects.requireNonNullElse(System.getenv("MILLRACE_DATA"), "data"));
        Path path = data.resolveSibling("fixtures").resolve(name);
        assumeTrue(Files.exists(path), "no fixture at " + path + ": set MILLRACE_DATA");
        return path;
    }
}
