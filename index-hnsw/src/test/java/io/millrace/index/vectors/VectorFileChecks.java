package io.millrace.index.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.FreesMemory;
import io.millrace.index.VectorSet;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What tests of vector files share: where they write, and that nothing stays allocated behind an
 * error.
 */
@ExtendWith(FreesMemory.class)
abstract class VectorFileChecks {
    static final int ALL = Integer.MAX_VALUE;
    static final float[][] ROWS = {{1, 200}, {0, 37}, {255, 128}};

    @TempDir Path folder;

    Path write(String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name), bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Path npy(String type, String isFortran, String shape, byte[] data) {
        return write("a.npy", FileBytes.npy(1, FileBytes.header(type, isFortran, shape), data));
    }

    static float[][] read(Path file, int limit) {
        try (VectorSet rows = VectorFiles.read(file, limit)) {
            float[][] numbers = new float[rows.count()][rows.dimension()];
            for (int i = 0; i < numbers.length; i++) {
                rows.get(i, numbers[i], 0);
            }
            return numbers;
        }
    }

    static double[] flat() {
        return new double[] {1, 200, 0, 37, 255, 128};
    }

    static double[] doubles(float[] row) {
        double[] numbers = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            numbers[i] = row[i];
        }
        return numbers;
    }

    static void assertSameBits(float[][] expected, float[][] actual) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i].length, actual[i].length);
            for (int j = 0; j < expected[i].length; j++) {
                assertEquals(
                        Float.floatToRawIntBits(expected[i][j]),
                        Float.floatToRawIntBits(actual[i][j]),
                        i + ", " + j);
            }
        }
    }

    static void assertBad(Path file, String... parts) {
        assertFails(ErrorCode.BAD_INPUT, () -> read(file, ALL), parts);
    }

    static void assertBadTruth(Path file, String... parts) {
        assertFails(ErrorCode.BAD_INPUT, () -> VectorFiles.readTruth(file, ALL), parts);
    }

    static void assertFails(ErrorCode code, Runnable action, String... parts) {
        MillraceException e = assertThrows(MillraceException.class, action::run);
        String message = e.getMessage();
        assertEquals(code, e.code(), message);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
        assertTrue(message.length() < 500, message);
        assertFalse(message.contains("null"), message);
    }
}
