package io.millrace.index.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Files of known bytes, whole, cut, damaged and alien. */
final class VectorFilesTest extends VectorFileChecks {
    /** The same three rows in every format. */
    enum Format {
        FVECS("a.fvecs", 12),
        BVECS("a.bvecs", 6),
        NPY_FLOAT32("a.npy", 0),
        NPY_FLOAT64("a.npy", 0),
        NPY_BYTES("a.npy", 0),
        IDX_BYTES("images-idx3-ubyte", 0),
        IDX_FLOAT32("images-idx2-float", 0);

        private final String file;
        private final int rowBytes;

        Format(String file, int rowBytes) {
            this.file = file;
            this.rowBytes = rowBytes;
        }

        byte[] bytes() {
            return switch (this) {
                case FVECS -> FileBytes.fvecs(ROWS);
                case BVECS -> FileBytes.bvecs(new int[][] {{1, 200}, {0, 37}, {255, 128}});
                case NPY_FLOAT32 -> npy("<f4");
                case NPY_FLOAT64 -> npy(">f8");
                case NPY_BYTES -> npy("|u1");
                case IDX_BYTES -> idx(FileBytes.IDX_UNSIGNED_BYTE, "|u1", 3, 2, 1);
                case IDX_FLOAT32 -> idx(FileBytes.IDX_FLOAT32, ">f4", 3, 2);
            };
        }

        /** How many rows are whole in a file that was cut, or -1 where it must be refused. */
        int rowsIn(int length) {
            if (rowBytes == 0) {
                return length == bytes().length ? ROWS.length : -1;
            }
            return length == 0 || length % rowBytes != 0 ? -1 : length / rowBytes;
        }

        private static byte[] npy(String type) {
            return FileBytes.npy(type, "3, 2", FileBytes.numbers(type, flat()));
        }

        private static byte[] idx(int code, String type, int... sizes) {
            return FileBytes.idx(code, sizes, FileBytes.numbers(type, flat()));
        }
    }

    @Test
    void shouldWriteWhatTheFormatSaysWhenRowsAreMany() throws IOException {
        // More than one chunk of the writer, and not a whole number of them.
        float[][] rows = new float[3_000][101];
        int[][] ordinals = new int[rows.length][7];
        try (VectorSet set = VectorSet.allocate(rows.length, 101)) {
            for (int i = 0; i < rows.length; i++) {
                Arrays.setAll(ordinals[i], j -> 1 << (j * 4));
                for (int j = 0; j < rows[i].length; j++) {
                    rows[i][j] = i + j / 128f;
                }
                set.set(i, rows[i], 0);
            }
            Path file = folder.resolve("a.fvecs");
            // What was there is longer, and replaced.
            Files.write(file, new byte[2 << 20]);
            VecsWriter.write(file, set);
            byte[] bytes = Files.readAllBytes(file);
            assertEquals(4 * 102 * rows.length, bytes.length);
            assertArrayEquals(
                    FileBytes.fvecs(rows[2_999]),
                    Arrays.copyOfRange(bytes, bytes.length - 4 * 102, bytes.length));
            try (VectorSet read = VectorFiles.read(file, ALL)) {
                assertEquals(-1, set.segment().mismatch(read.segment()));
            }
        }
        Path file = folder.resolve("a.ivecs");
        VecsWriter.write(file, ordinals);
        assertArrayEquals(ordinals, VectorFiles.readTruth(file, ALL));
        assertThrows(
                MillraceException.class,
                () -> VecsWriter.write(folder.resolve("no/a.ivecs"), ordinals));
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldReadTheRowsWhenTheFileIsPlainOrCompressed(Format format) {
        assertArrayEquals(ROWS, read(write(format.file, format.bytes()), ALL));
        byte[] packed = FileBytes.gzip(format.bytes());
        assertArrayEquals(ROWS, read(write(format.file + ".gz", packed), ALL));
        // Whether it is compressed is told by the content, not by the name.
        assertArrayEquals(ROWS, read(write(format.file, packed), ALL));
        assertArrayEquals(ROWS, read(write(format.file + ".gz", format.bytes()), ALL));
        assertArrayEquals(
                ROWS, read(write("UPPER." + format.file.toUpperCase(Locale.ROOT), packed), ALL));
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldReadNoMoreRowsWhenThereIsALimit(Format format) {
        Path plain = write(format.file, format.bytes());
        Path packed = write(format.file + ".gz", FileBytes.gzip(format.bytes()));
        for (int limit = 0; limit <= 5; limit++) {
            float[][] expected = Arrays.copyOf(ROWS, Math.min(limit, ROWS.length));
            assertArrayEquals(expected, read(plain, limit), "limit " + limit);
            assertArrayEquals(expected, read(packed, limit), "limit " + limit);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldRefuseOrReadWholeRowsWhenTheFileIsCutAnywhere(Format format) {
        for (int length = 0; length <= format.bytes().length; length++) {
            Path file = write(format.file, Arrays.copyOf(format.bytes(), length));
            int rows = format.rowsIn(length);
            if (rows < 0) {
                assertBad(file, "file=" + file);
            } else {
                assertArrayEquals(Arrays.copyOf(ROWS, rows), read(file, ALL), "length " + length);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldRefuseWhenTheCompressedFileIsCutAnywhere(Format format) {
        byte[] packed = FileBytes.gzip(format.bytes());
        for (int length = 0; length < packed.length; length++) {
            Path file = write(format.file + ".gz", Arrays.copyOf(packed, length));
            assertBad(file, "file=" + file);
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldRefuseOrReadFiniteRowsWhenAnyByteIsDamaged(Format format) {
        byte[][] sources = {format.bytes(), FileBytes.gzip(format.bytes())};
        for (byte[] source : sources) {
            for (int i = 0; i < source.length; i++) {
                for (int mask : new int[] {0x01, 0x80, 0xFF}) {
                    byte[] damaged = source.clone();
                    damaged[i] ^= (byte) mask;
                    Path file = write(format.file, damaged);
                    try {
                        for (float[] row : read(file, ALL)) {
                            for (float number : row) {
                                assertTrue(Float.isFinite(number));
                            }
                        }
                    } catch (MillraceException e) {
                        assertEquals(ErrorCode.BAD_INPUT, e.code(), e.getMessage());
                        assertTrue(e.getMessage().contains("file=" + file), e.getMessage());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldRefuseWhenTheFileGoesOnAfterTheLastRow(Format format) {
        Path file = write(format.file, FileBytes.joined(format.bytes(), new byte[] {7}));
        assertBad(
                file,
                format.rowBytes == 0 ? "goes on after the last row: rows=3" : "the dimension of",
                "file=" + file);
    }

    @Test
    void shouldReadTheSameBitsWhenNumbersAreExtreme() {
        float[] row = {
            -0f,
            Float.MIN_VALUE,
            -Float.MIN_NORMAL,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            0.1f,
            16_777_215f,
            (float) Math.PI
        };
        double[] doubles = doubles(row);
        float[][] expected = {row};
        assertSameBits(expected, read(write("a.fvecs", FileBytes.fvecs(row)), ALL));
        for (String type : new String[] {"<f4", ">f4", "=f4", "<f8", ">f8"}) {
            byte[] npy = FileBytes.npy(type, "1, 8", FileBytes.numbers(type, doubles));
            assertSameBits(expected, read(write("a.npy", npy), ALL));
        }
        int[] sizes = {1, 8};
        byte[] idx = FileBytes.idx(FileBytes.IDX_FLOAT32, sizes, FileBytes.numbers(">f4", doubles));
        assertSameBits(expected, read(write("a.idx", idx), ALL));
        idx = FileBytes.idx(FileBytes.IDX_FLOAT64, sizes, FileBytes.numbers(">f8", doubles));
        assertSameBits(expected, read(write("a.idx", idx), ALL));
    }

    @Test
    void shouldRoundToTheNearestWhenNumbersAreDouble() {
        byte[] npy = FileBytes.npy("<f8", "1, 2", FileBytes.numbers("<f8", 1.0 / 3, 16_777_217));
        assertSameBits(new float[][] {{1f / 3, 16_777_216f}}, read(write("a.npy", npy), ALL));
    }

    @Test
    void shouldReadEveryValueWhenNumbersAreBytes() {
        float[][] unsigned = new float[1][256];
        float[][] signed = new float[1][256];
        int[] values = new int[256];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
            unsigned[0][i] = i;
            signed[0][i] = i < 128 ? i : i - 256;
        }
        byte[] data = FileBytes.numbers("|u1", doubles(unsigned[0]));
        assertArrayEquals(unsigned, read(write("a.bvecs", FileBytes.bvecs(values)), ALL));
        assertArrayEquals(
                unsigned, read(write("a.npy", FileBytes.npy("|u1", "1, 256", data)), ALL));
        assertArrayEquals(signed, read(write("a.npy", FileBytes.npy("|i1", "1, 256", data)), ALL));
        int[] sizes = {1, 16, 16};
        byte[] idx = FileBytes.idx(FileBytes.IDX_UNSIGNED_BYTE, sizes, data);
        assertArrayEquals(unsigned, read(write("a.idx", idx), ALL));
        idx = FileBytes.idx(FileBytes.IDX_SIGNED_BYTE, sizes, data);
        assertArrayEquals(signed, read(write("a.idx", idx), ALL));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, 65_537, Integer.MAX_VALUE})
    void shouldRefuseWhenTheFirstDimensionIsImpossible(int dimension) {
        byte[] bytes = FileBytes.joined(FileBytes.ints(dimension), new byte[40]);
        for (String name : new String[] {"a.fvecs", "a.bvecs"}) {
            Path file = write(name, bytes);
            assertBad(file, "dimension=" + dimension + ",", "limit=65536", "file=" + file);
        }
        Path file = write("a.ivecs", bytes);
        assertBadTruth(file, "dimension=" + dimension + ",", "limit=65536", "file=" + file);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 35_615, 65_536})
    void shouldReadWhenTheDimensionIsUnusual(int dimension) {
        // 35615 is what the first two bytes of a gzip file say.
        float[] row = new float[dimension];
        int[] bytes = new int[dimension];
        for (int i = 0; i < dimension; i++) {
            row[i] = i % 251;
            bytes[i] = i % 251;
        }
        float[][] expected = {row, row};
        assertArrayEquals(expected, read(write("a.fvecs", FileBytes.fvecs(row, row)), ALL));
        assertArrayEquals(expected, read(write("a.bvecs", FileBytes.bvecs(bytes, bytes)), ALL));
        int[][] truth = VectorFiles.readTruth(write("a.ivecs", FileBytes.ivecs(bytes)), ALL);
        assertArrayEquals(new int[][] {bytes}, truth);
    }

    @Test
    void shouldRefuseWhenRowsDifferInDimension() {
        Path file = write("a.fvecs", FileBytes.fvecs(new float[2], new float[2], new float[3]));
        assertBad(file, "row=2, dimension=3, first row=2", "file=" + file);
        file = write("a.bvecs", FileBytes.bvecs(new int[3], new int[2]));
        assertBad(file, "row=1, dimension=2, first row=3", "file=" + file);
        file = write("a.ivecs", FileBytes.ivecs(new int[3], new int[1]));
        assertBadTruth(file, "row=1, dimension=1, first row=3", "file=" + file);
        // Rows of four-byte numbers under the name of one-byte numbers.
        file = write("a.bvecs", FileBytes.fvecs(new float[] {1, 2}, new float[] {3, 4}));
        assertBad(file, "rows differ in dimension: row=1", "another format than its name");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void shouldNameTheNumberWhenItIsNotFinite(double bad) {
        double[] numbers = {1, 2, 3, 4, 5, bad};
        String where = "row=1, column=2, value=" + bad;
        float[] second = {4, 5, (float) bad};
        Path file = write("a.fvecs", FileBytes.fvecs(new float[] {1, 2, 3}, second));
        assertBad(file, where, "file=" + file);
        for (String type : new String[] {"<f4", ">f4", "<f8", ">f8"}) {
            file = npy(type, "False", "2, 3", FileBytes.numbers(type, numbers));
            assertBad(file, where, "file=" + file);
            // A limit before it spares it.
            assertArrayEquals(new float[][] {{1, 2, 3}}, read(file, 1));
        }
        byte[] data = FileBytes.numbers(">f4", numbers);
        file = write("a.idx", FileBytes.idx(FileBytes.IDX_FLOAT32, new int[] {2, 3}, data));
        assertBad(file, where, "file=" + file);
    }

    @Test
    void shouldRefuseWhenADoubleDoesNotFitAFloat() {
        Path file = npy("<f8", "False", "1, 2", FileBytes.numbers("<f8", 1, -1e300));
        assertBad(file, "row=0, column=1, value=-Infinity", "file=" + file);
    }

    @ParameterizedTest
    @CsvSource({
        "a.fvecs, first dimension",
        "a.bvecs, first dimension",
        "a.npy, no known format",
        "a.idx, no known format"
    })
    void shouldRefuseWhenTheFileIsEmptyOrTiny(String name, String part) {
        Path file = write(name, new byte[0]);
        assertBad(file, "file=" + file);
        file = write(name, new byte[] {1});
        assertBad(file, part, "file=" + file);
        file = write(name, FileBytes.gzip(new byte[0]));
        assertBad(file, "file=" + file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a.fvecs", "a.bvecs", "a.npy", "a.idx", "a.txt", "a", "a.gz", ".fvecs.x"})
    void shouldRefuseWhenTheContentIsAlien(String name) {
        String[] contents = {
            "1.0,2.0,3.0\n4.0,5.0,6.0\n", "{\"vectors\": [[1, 2], [3, 4]]}", "PK\3\4 archive", " "
        };
        for (String content : contents) {
            Path file = write(name, content.getBytes(StandardCharsets.UTF_8));
            assertBad(file, "file=" + file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.txt", "a.csv", "a.hdf5", "a.ivecs", "a.fvecs.bak", "fvecs", "a.gz"})
    void shouldRefuseWhenTheEndingIsUnknown(String name) {
        Path file = write(name, FileBytes.fvecs(ROWS));
        assertBad(file, "of no known format; give .fvecs, .bvecs, .npy", "file=" + file);
    }

    @Test
    void shouldSayNotFoundWhenTheFileIsMissing() {
        Path file = folder.resolve("missing.fvecs");
        assertFails(ErrorCode.NOT_FOUND, () -> read(file, ALL), "no such file", "file=" + file);
        Path truth = folder.resolve("missing.ivecs");
        assertFails(
                ErrorCode.NOT_FOUND,
                () -> VectorFiles.readTruth(truth, ALL),
                "no such file",
                "file=" + truth);
        assertFails(ErrorCode.IO, () -> VectorFiles.readTruth(folder, ALL), "file=" + folder);
    }

    @Test
    void shouldGrowWhenACompressedFileHoldsMoreThanItsLengthSuggests() {
        int count = 5000;
        float[][] rows = new float[count][3];
        for (int i = 0; i < count; i++) {
            int century = i / 100;
            rows[i][1] = century;
        }
        byte[] packed = FileBytes.gzip(FileBytes.fvecs(rows));
        assertTrue(packed.length < 1024, "compresses well: " + packed.length);
        Path file = write("a.fvecs.gz", packed);
        assertArrayEquals(rows, read(file, ALL));
        for (int limit : new int[] {1023, 1024, 1025, 2049, 2050, 4999, 5000, 5001}) {
            float[][] expected = Arrays.copyOf(rows, Math.min(limit, count));
            assertArrayEquals(expected, read(file, limit), "limit " + limit);
        }
    }

    @Test
    void shouldReadAllWhenAFileIsCompressedInParts() {
        byte[] first = FileBytes.gzip(FileBytes.fvecs(ROWS[0], ROWS[1]));
        byte[] second = FileBytes.gzip(FileBytes.fvecs(ROWS[2]));
        Path file = write("a.fvecs.gz", FileBytes.joined(first, second));
        assertArrayEquals(ROWS, read(file, ALL));
    }

    @Test
    void shouldRefuseWhenTheChecksumOfCompressedDataIsWrong() {
        byte[] packed = FileBytes.gzip(FileBytes.fvecs(ROWS));
        packed[packed.length - 8] ^= 1;
        Path file = write("a.fvecs.gz", packed);
        assertBad(file, "damaged", "file=" + file);
    }

    @Test
    void shouldReadTruthWhenItIsPlainOrCompressed() {
        int[][] truth = {{5, 0, 7}, {1, 2, Integer.MAX_VALUE}, {3, 3, 0}};
        byte[] bytes = FileBytes.ivecs(truth);
        Path plain = write("a.ivecs", bytes);
        Path packed = write("b.ivecs.gz", FileBytes.gzip(bytes));
        for (int limit : new int[] {0, 1, 2, 3, 4, ALL}) {
            int[][] expected = Arrays.copyOf(truth, Math.min(limit, truth.length));
            assertArrayEquals(expected, VectorFiles.readTruth(plain, limit));
            assertArrayEquals(expected, VectorFiles.readTruth(packed, limit));
        }
    }

    @Test
    void shouldRefuseOrReadWholeRowsWhenTheTruthIsCutAnywhere() {
        int[][] truth = {{5, 0}, {1, 2}, {3, 4}};
        byte[] bytes = FileBytes.ivecs(truth);
        for (int length = 0; length <= bytes.length; length++) {
            Path file = write("a.ivecs", Arrays.copyOf(bytes, length));
            if (length > 0 && length % 12 == 0) {
                int[][] expected = Arrays.copyOf(truth, length / 12);
                assertArrayEquals(expected, VectorFiles.readTruth(file, ALL));
            } else {
                assertBadTruth(file, length == 0 ? "it is empty" : "it ends", "file=" + file);
            }
        }
        byte[] packed = FileBytes.gzip(bytes);
        for (int length = 0; length < packed.length; length++) {
            Path file = write("a.ivecs.gz", Arrays.copyOf(packed, length));
            assertBadTruth(file, "file=" + file);
        }
    }

    @Test
    void shouldRefuseTruthWhenItIsNoListOfOrdinals() {
        Path file = write("a.ivecs", FileBytes.ivecs(new int[] {1, 2}, new int[] {3, -1}));
        assertBadTruth(file, "row=1, value=-1", "file=" + file);
        for (String name : new String[] {"a.fvecs", "a.npy", "a.txt", "ivecs"}) {
            file = write(name, FileBytes.ivecs(new int[] {1, 2}));
            assertBadTruth(file, "must be an .ivecs file", "file=" + file);
        }
    }
}
