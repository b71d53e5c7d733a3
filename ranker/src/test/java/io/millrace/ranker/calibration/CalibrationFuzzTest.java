package io.millrace.ranker.calibration;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.ValueFormula;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What makes a value of what a ranker says: calibrations, and the formula of a bundle. */
final class CalibrationFuzzTest {
    private static final float[] PROBABILITIES = {0, 1e-9f, 0.1f, 0.25f, 0.4f, 0.9f, 1};
    private static final String ENDLESS =
            "{\"method\": \"isotonic\", \"scores\": [-1e400, 0.5], \"probabilities\": [0, 1]}";

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesOfAFileAreChanged() throws IOException {
        Path file = folder.resolve("calibration.json");
        Calibration platt = new PlattCalibration(0.8, -0.1);
        Calibration isotonic =
                new IsotonicCalibration(List.of(0.1f, 0.3f, 0.6f), List.of(0.05f, 0.2f, 0.2f));
        HeadCalibrations.of(Map.of("click", platt)).write(file);
        byte[] one = Files.readAllBytes(file);
        HeadCalibrations.of(Map.of("click", isotonic, "long_view", platt)).write(file);
        Fuzzing.of("calibration")
                .seeds(one, Files.readAllBytes(file))
                .kept(ENDLESS.getBytes(UTF_8))
                .words("{", "}", "[", "]", ",", ":", "\"", "null", "0", "-1", "1e400", "-1e400,")
                .words(
                        "1e308",
                        "-1e-320",
                        "\"NaN\"",
                        "\"Infinity\"",
                        "\"method\": \"platt\",",
                        "0.5,")
                .run(
                        input ->
                                HeadCalibrations.read(Files.write(file, input))
                                        .heads()
                                        .values()
                                        .forEach(CalibrationFuzzTest::apply));
    }

    /** What was let in must give probabilities, in the order of those it is given. */
    private static void apply(Calibration calibration) {
        float last = 0;
        for (float probability : PROBABILITIES) {
            float calibrated = calibration.apply(probability);
            if (!(calibrated >= last - 1e-6f && calibrated <= 1)) {
                throw new AssertionError(
                        "p=" + probability + ", calibrated=" + calibrated + ", last=" + last);
            }
            last = calibrated;
        }
    }

    /** Between two points that are infinitely far apart the curve has no slope. */
    @Test
    void shouldRefuseWhenAScoreIsNotFinite() throws IOException {
        Path file = Files.writeString(folder.resolve("endless.json"), ENDLESS);
        MillraceException e =
                assertThrows(MillraceException.class, () -> HeadCalibrations.read(file));
        assertTrue(e.getMessage().contains("bad calibration"), e.getMessage());
    }

    @Test
    void shouldReadOrRefuseWhenCharactersOfAFormulaAreChanged() {
        RankerHeads heads = new RankerHeads(List.of("click", "long_view", "like"));
        Fuzzing.of("formula")
                .seeds("click", "click + 0.5*long_view + 2*like", "1000 * like+click")
                .words("+", "*", " ", "0", "0.", "1e9", "-", "click", "999999999", "\n", ".5")
                .run(
                        input -> {
                            String text = new String(input, UTF_8);
                            ValueFormula formula = ValueFormula.parse(text);
                            formula.of(heads);
                            if (!ValueFormula.parse(formula.toString()).equals(formula)) {
                                throw new AssertionError("another formula: " + formula);
                            }
                        });
    }
}
