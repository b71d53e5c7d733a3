package io.millrace.index.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.index.VectorSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/** What the heads of NumPy files may say. */
final class NpyFileTest extends VectorFileChecks {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldReadNpyWhenTheVersionIsKnown(int version) {
        byte[] data = FileBytes.numbers("<f4", flat());
        byte[] npy = FileBytes.npy(version, FileBytes.header("<f4", "False", "3, 2"), data);
        assertArrayEquals(ROWS, read(write("a.npy", npy), ALL));
        // It is known by its content.
        assertArrayEquals(ROWS, read(write("a.fvecs", npy), ALL));
        assertArrayEquals(ROWS, read(write("a", npy), ALL));
    }

    @Test
    void shouldReadNpyWhenItHasOneRowOrOneColumnOrNone() {
        byte[] data = FileBytes.numbers("<f4", 5, 6, 7);
        float[][] row = {{5, 6, 7}};
        float[][] column = {{5}, {6}, {7}};
        assertArrayEquals(row, read(npy("<f4", "False", "3,", data), ALL));
        assertArrayEquals(row, read(npy("<f4", "True", "3,", data), ALL));
        assertArrayEquals(row, read(npy("<f4", "False", "1, 3", data), ALL));
        assertArrayEquals(row, read(npy("<f4", "True", "1, 3", data), ALL));
        assertArrayEquals(column, read(npy("<f4", "False", "3, 1", data), ALL));
        assertArrayEquals(column, read(npy("<f4", "True", "3, 1", data), ALL));
        try (VectorSet none = VectorFiles.read(npy("<f4", "False", "0, 3", new byte[0]), ALL)) {
            assertEquals(0, none.count());
            assertEquals(3, none.dimension());
        }
    }

    @Test
    void shouldReadNpyWhenKeysAreInAnotherOrder() {
        String text = "{ 'shape':(3 ,2,),'fortran_order' :False, 'descr' : '|u1'}";
        byte[] npy = FileBytes.npy(1, text, FileBytes.numbers("|u1", flat()));
        assertArrayEquals(ROWS, read(write("a.npy", npy), ALL));
    }

    @Test
    void shouldRefuseNpyWhenItIsStoredInColumns() {
        Path file = npy("<f4", "True", "3, 2", FileBytes.numbers("<f4", flat()));
        assertBad(file, "npy in columns", "order='C'", "file=" + file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<i4", "<i8", "<f2", ">u2", "<c8", "|b1"})
    void shouldRefuseNpyWhenTheTypeIsAnother(String type) {
        Path file = npy(type, "False", "3, 2", new byte[24]);
        assertBad(file, "descr=" + type.substring(1), "float32", "file=" + file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                        | shape=()",
                "','                       | unreadable shape: shape=(,)",
                "'2, 3, 4'                 | shape=(2, 3, 4)",
                "'3, 0'                    | dimension=0",
                "'0,'                      | dimension=0",
                "'3, 65537'                | dimension=65537, least=1, limit=65536",
                "'3, 9223372036854775807'  | dimension=9223372036854775807",
                "'3, 99999999999999999999' | unreadable shape: shape=(3, 99999999999999999999)",
                "'3 2'                     | unreadable shape: shape=(3 2)",
                "'3, -2'                   | head not understood",
                "'3L, 2L'                  | head not understood",
                "'9223372036854775807, 2'  | row=3",
                "'4, 2'                    | row=3",
                "'2, 2'                    | goes on after the last row: rows=2"
            })
    void shouldRefuseNpyWhenTheShapeIsWrong(String shape, String part) {
        Path file = npy("<f4", "False", shape, FileBytes.numbers("<f4", flat()));
        assertBad(file, part, "file=" + file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'descr': '<f4', 'fortran_order': False}",
                "{'descr': '<f4', 'shape': (3, 2)}",
                "{'fortran_order': False, 'shape': (3, 2)}",
                "{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 2)}",
                "{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (3,)}",
                "{'descr': '|O', 'fortran_order': False, 'shape': (3, 2)}"
            })
    void shouldRefuseNpyWhenTheHeadSaysTooLittle(String text) {
        Path file = write("a.npy", FileBytes.npy(1, text, FileBytes.numbers("<f4", flat())));
        assertBad(file, "npy head not understood: head=" + text, "file=" + file);
    }

    @Test
    void shouldStayOnOneShortLineWhenTheNpyHeadIsGarbage() {
        for (String text : new String[] {"x\ny".repeat(5000), "\0\u001b[2J".repeat(5000)}) {
            assertBad(write("a.npy", FileBytes.npy(1, text, new byte[0])), "head not understood");
        }
        String shape = "3,\n2,\r4";
        assertBad(npy("<f4", "False", shape, new byte[0]), "npy of another shape");
    }

    @Test
    void shouldRefuseNpyWhenVersionOrLengthIsUnknown() {
        for (int version : new int[] {0, 4, -1}) {
            Path file = write("a.npy", FileBytes.npy(version, "{}", new byte[0]));
            assertBad(file, "version=" + version, "newest=3", "file=" + file);
        }
        for (int length : new int[] {-1, Integer.MIN_VALUE, 65_537, Integer.MAX_VALUE}) {
            byte[] start = FileBytes.joined(FileBytes.npyMagic(2), FileBytes.ints(length));
            Path file = write("a.npy", FileBytes.joined(start, new byte[100]));
            assertBad(file, "bytes=" + length, "limit=65536", "file=" + file);
        }
    }
}
