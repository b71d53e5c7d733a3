package io.millrace.index.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.Arrays;

/** What the heads of IDX files may say. */
final class IdxFileTest extends VectorFileChecks {
    @Test
    void shouldMultiplyTheSizesWhenIdxHasMany() {
        byte[] data = FileBytes.numbers("|u1", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        byte[] idx = FileBytes.idx(FileBytes.IDX_UNSIGNED_BYTE, new int[] {2, 3, 1, 2}, data);
        float[][] expected = {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}};
        assertArrayEquals(expected, read(write("anything", idx), ALL));
    }

    @Test
    void shouldRefuseIdxWhenItHoldsLabelsOrWholeNumbers() {
        byte[] labels = FileBytes.idx(FileBytes.IDX_UNSIGNED_BYTE, new int[] {3}, new byte[3]);
        Path file = write("t10k-labels-idx1-ubyte", labels);
        assertBad(file, "labels", "expected images", "file=" + file);
        byte[] whole = FileBytes.idx(FileBytes.IDX_INT32, new int[] {3, 1}, new byte[12]);
        file = write("a.idx", whole);
        assertBad(file, "type=12", "file=" + file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3, 0        | dimension=0",
                "3, 65537    | dimension=65537",
                "3, 256, 257 | dimension=65792",
                "3, -1       | dimension=4294967295",
                "3, -1, -1   | dimension=4294967295",
                "3, 65536, 0 | dimension=0",
                "4, 2        | row=3",
                "-1, 2       | row=3",
                "2, 2        | goes on after the last row: rows=2"
            })
    void shouldRefuseIdxWhenTheSizesAreWrong(String sizes, String part) {
        int[] numbers =
                Arrays.stream(sizes.split(","))
                        .map(String::trim)
                        .mapToInt(Integer::parseInt)
                        .toArray();
        byte[] data = FileBytes.numbers("|u1", flat());
        Path file = write("a.idx", FileBytes.idx(FileBytes.IDX_UNSIGNED_BYTE, numbers, data));
        assertBad(file, part, "file=" + file);
    }
}
