package io.millrace.ranker.dcn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.model.SafetensorsFile;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** Networks of known answers, computed elsewhere in double precision. */
final class DcnParityTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({"PARALLEL, false", "STACKED, false", "PARALLEL, true", "STACKED, true"})
    void shouldGiveTheKnownLogitsWhenTheWeightsAreKnown(DcnStructure structure, boolean isLowRank) {
        SafetensorsFile file = read("dcnv2_parity.safetensors");
        DcnNetwork network = DcnSafetensors.read(file, structure, isLowRank);
        assertEquals(isLowRank ? 24 : 0, network.shape().rank());
        String name =
                "logits."
                        + (isLowRank ? "lowrank_" : "full_")
                        + structure.name().toLowerCase(Locale.ROOT);
        assertKnownLogits(file, network, name, 0);
    }

    /** The first half of each row is the same, as the user's half in a request is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50, 128})
    void shouldGiveTheKnownLogitsWhenASharedPartIsComputedOnce(int shared) {
        SafetensorsFile file = read("dcnv2_speed.safetensors");
        DcnNetwork network = DcnSafetensors.read(file, DcnStructure.PARALLEL, false);
        assertKnownLogits(file, network, "logits.full_parallel", shared);
    }

    @ParameterizedTest
    @ValueSource(strings = {"head.parallel.weight", "cross.1.weight", "deep.0.bias"})
    void shouldNameTheTensorWhenItIsMissing(String tensor) throws Exception {
        Path fixture = fixture("dcnv2_parity.safetensors");
        byte[] bytes = Files.readAllBytes(fixture);
        byte[] name = tensor.getBytes(StandardCharsets.US_ASCII);
        int at = indexOf(bytes, ("\"" + tensor + "\"").getBytes(StandardCharsets.US_ASCII)) + 1;
        bytes[at + name.length - 1] = '_';
        Path damaged = Files.createTempFile("dcn", ".safetensors");
        try {
            Files.write(damaged, bytes);
            SafetensorsFile file = SafetensorsFile.read(damaged);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> DcnSafetensors.read(file, DcnStructure.PARALLEL, false));
            assertEquals(ErrorCode.CORRUPT_FILE, e.code());
            assertTrue(e.getMessage().contains("tensor=" + tensor), e.getMessage());
        } finally {
            Files.delete(damaged);
        }
    }

    private static void assertKnownLogits(
            SafetensorsFile file, DcnNetwork network, String name, int shared) {
        int width = network.width();
        int rows = file.shape("X")[0];
        float[] x = file.floats("X", rows, width);
        double[] expected = file.doubles(name, rows);
        float[] actual = new float[rows];
        new DcnRowScorer(network, shared).logitsInto(x, rows, 0, actual);
        for (int row = 0; row < rows; row++) {
            double tolerance = TOLERANCE * Math.max(1, Math.abs(expected[row]));
            assertEquals(expected[row], actual[row], tolerance, name + " row " + row);
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

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i <= bytes.length - part.length; i++) {
            if (ByteBuffer.wrap(bytes, i, part.length).equals(ByteBuffer.wrap(part))) {
                return i;
            }
        }
        throw new AssertionError("not in the file");
    }
}
