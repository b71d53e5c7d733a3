package io.millrace.data.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file by which served answers of a simulated world are judged. */
final class HiddenPreferenceFuzzTest {
    private static final int USERS = 100;
    private static final int ITEMS = 200;

    @TempDir private static Path folder;
    private static Dataset dataset;
    private static Path truth;
    private static byte[] sound;

    @BeforeAll
    static void simulate() throws IOException {
        Path world = folder.resolve("world");
        Simulator.run(SimulationPlan.defaults(USERS, ITEMS, 3), world, ProgressListener.NONE);
        dataset = Dataset.open(world);
        truth = world.resolve(DatasetLayout.TRUTH);
        sound = Files.readAllBytes(truth);
    }

    @AfterAll
    static void close() {
        dataset.close();
    }

    @BeforeEach
    void restore() throws IOException {
        Files.write(truth, sound);
    }

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() {
        Fuzzing.of("hidden-preference")
                .seeds(sound)
                .repairing(SectionRepair::repaired)
                .run(input -> judge(Files.write(truth, input)));
    }

    private static void judge(Path file) {
        HiddenPreference preference =
                HiddenPreference.of(dataset).orElseThrow(() -> new AssertionError("no " + file));
        float[] gains = new float[preference.itemCount()];
        for (int user = 0; user < preference.userCount(); user++) {
            preference.scoreInto(user, 0, gains.length, gains);
            for (float gain : gains) {
                if (!(gain >= 0 && gain <= 1)) {
                    throw new AssertionError("a gain of " + gain);
                }
            }
        }
    }

    /** Whole as a file, and yet nothing to judge by. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, -1e30f})
    void shouldRefuseComponentsThatAreNoNumbers(float bad) {
        float[] users = new float[USERS * HiddenPreference.DIMENSION];
        float[] items = new float[ITEMS * HiddenPreference.DIMENSION];
        items[7] = bad;
        HiddenPreference.ofRows(users, items).write(truth);
        MillraceException e =
                assertThrows(MillraceException.class, () -> HiddenPreference.of(dataset));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(String.valueOf(e.getMessage()).contains("section=items"), e.getMessage());
    }
}
