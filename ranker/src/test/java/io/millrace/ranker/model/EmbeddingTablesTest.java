package io.millrace.ranker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tables that were written in each type and read again. */
final class EmbeddingTablesTest {
    private static final String KIND = "TABLES";
    private static final SortedMap<String, EmbeddingTables.Size> SIZES =
            new TreeMap<>(
                    Map.of(
                            "item", new EmbeddingTables.Size(300, 8),
                            "age", new EmbeddingTables.Size(5, 7)));

    @TempDir private Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = folder.resolve("tables");
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepVectorsNearThoseOfFloat32WhenReadAgain(WeightType type) {
        try (EmbeddingTables exact = random()) {
            write(exact, type);
            try (EmbeddingTables read = read()) {
                assertEquals(type, read.type());
                assertEquals(SIZES.keySet(), read.byName().keySet());
                for (String name : SIZES.keySet()) {
                    assertNear(exact.table(name), read.table(name), type);
                }
            }
        }
    }

    private static void assertNear(EmbeddingTable exact, EmbeddingTable read, WeightType type) {
        assertEquals(exact.rows(), read.rows());
        float[] expected = new float[exact.dimension()];
        float[] actual = new float[exact.dimension()];
        int differing = 0;
        for (int id = 0; id < exact.rows(); id++) {
            exact.copyInto(id, expected, 0);
            read.copyInto(id, actual, 0);
            float largest = 0;
            for (float number : expected) {
                largest = Math.max(largest, Math.abs(number));
            }
            for (int i = 0; i < expected.length; i++) {
                // A float32 above that of exact arithmetic by its own rounding.
                float most = 1.00001f * type.rounding(expected[i], largest);
                assertEquals(expected[i], actual[i], most, id + ", " + i);
                differing += expected[i] == actual[i] ? 0 : 1;
            }
            float[] sum = expected.clone();
            read.addInto(id, 1, sum, 0);
            for (int i = 0; i < sum.length; i++) {
                assertEquals(expected[i] + actual[i], sum[i]);
            }
        }
        assertEquals(type != WeightType.F32, differing > exact.rows(), "" + differing);
    }

    /** What is rounded is not rounded again. */
    @ParameterizedTest
    @EnumSource
    void shouldWriteTheSameBytesWhenReadAndWritten(WeightType type) throws IOException {
        Path again = folder.resolve("again");
        try (EmbeddingTables exact = random()) {
            write(exact, type);
        }
        try (EmbeddingTables read = read();
                SectionFileWriter writer = SectionFileWriter.create(again, KIND, 1)) {
            read.write(writer, type);
            writer.commit();
        }
        assertEquals(-1, Files.mismatch(file, again));
    }

    /** Sizes of a vector of 8 and of one of 7, in bytes. */
    @ParameterizedTest
    @CsvSource({"F32, 32, 28", "BF16, 16, 16", "INT8, 12, 12"})
    void shouldTakeTheMemoryOfTheFileAndNoMoreWhenRead(WeightType type, int eight, int seven)
            throws IOException {
        try (EmbeddingTables exact = random()) {
            write(exact, type);
        }
        long before = DirectMemory.allocatedBytes();
        EmbeddingTables read = read();
        assertEquals(300 * eight + 5 * seven, read.bytes());
        long taken = DirectMemory.allocatedBytes() - before;
        assertTrue(taken >= read.bytes() && taken <= Files.size(file), "taken=" + taken);
        read.close();
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    /** So do those of earlier builds. */
    @Test
    void shouldNameNoTypeInTheFileWhenItIsFloat32() {
        try (EmbeddingTables exact = random()) {
            write(exact, WeightType.F32);
            try (SectionFile sections = SectionFile.open(file, KIND, 1)) {
                assertEquals(List.of("table.0", "table.1"), List.copyOf(sections.names()));
                MemorySegment ages = exact.table("age").segment();
                assertEquals(-1, sections.section("table.0").mismatch(ages));
            }
        }
    }

    /** What was written once is read for ever: a vector of zeros and {@code 1 2 -3 100 -127}. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void shouldWriteAndReadTheGoldenFile(WeightType type) throws IOException {
        SortedMap<String, EmbeddingTables.Size> sizes =
                new TreeMap<>(Map.of("few", new EmbeddingTables.Size(2, 5)));
        float[] numbers = {0, 0, 0, 0, 0, 1, 2, -3, 100, -127};
        byte[] golden = golden("tables-" + type.label() + ".section");
        try (EmbeddingTables exact = EmbeddingTables.zeros(sizes)) {
            MemorySegment few = exact.table("few").segment();
            MemorySegment.copy(numbers, 0, few, ValueLayout.JAVA_FLOAT, 0, numbers.length);
            write(exact, type);
        }
        assertArrayEquals(golden, Files.readAllBytes(file));
        Files.write(file, golden);
        try (EmbeddingTables read = EmbeddingTables.read(SectionFile.open(file, KIND, 1), sizes)) {
            float[] vectors = new float[10];
            read.table("few").copyInto(0, vectors, 0);
            read.table("few").copyInto(1, vectors, 5);
            assertArrayEquals(numbers, vectors);
        }
    }

    private static byte[] golden(String name) throws IOException {
        try (var in = EmbeddingTablesTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    /** In the second vector of the items: its first bfloat16, or its scale. */
    @ParameterizedTest
    @EnumSource
    void shouldNameTheWeightWhenItIsNotFinite(WeightType type) {
        byte[] ages;
        byte[] items;
        try (EmbeddingTables exact = random()) {
            write(exact, type);
        }
        try (SectionFile sections = SectionFile.open(file, KIND, 1)) {
            ages = sections.readBytes("table.0");
            items = sections.readBytes("table.1");
        }
        MemorySegment second = MemorySegment.ofArray(items).asSlice(items.length / 300);
        if (type == WeightType.BF16) {
            second.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 0x7F80);
        } else {
            second.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, Float.POSITIVE_INFINITY);
        }
        try (SectionFileWriter writer = SectionFileWriter.create(file, KIND, 1)) {
            type.write(writer, "table.type");
            writer.bytes("table.0", ages).bytes("table.1", items).commit();
        }
        assertRefused(SIZES, "tensor=table.1, index=8");
    }

    @Test
    void shouldRefuseWhenATableIsMissingOrOfAnotherSize() {
        try (EmbeddingTables exact = random()) {
            write(exact, WeightType.INT8);
        }
        SIZES.forEach(
                (name, size) -> {
                    SortedMap<String, EmbeddingTables.Size> others = new TreeMap<>(SIZES);
                    others.put(name, new EmbeddingTables.Size(size.rows() + 1, size.dimension()));
                    assertRefused(others, "weights of another shape");
                    others.put(name, new EmbeddingTables.Size(size.rows(), size.dimension() + 4));
                    assertRefused(others, "weights of another shape");
                });
        SortedMap<String, EmbeddingTables.Size> more = new TreeMap<>(SIZES);
        more.put("user", new EmbeddingTables.Size(9, 8));
        assertRefused(more, "missing section: section=table.2");
    }

    @Test
    void shouldRefuseWhenTheTypeIsUnknown() {
        for (int[] type : new int[][] {{-1}, {3}, {}, {1, 1}}) {
            try (SectionFileWriter writer = SectionFileWriter.create(file, KIND, 1)) {
                writer.ints("table.type", type).commit();
            }
            assertRefused(SIZES, "unknown type of weights: section=table.type, type=");
        }
    }

    private void assertRefused(SortedMap<String, EmbeddingTables.Size> sizes, String reason) {
        try (SectionFile sections = SectionFile.open(file, KIND, 1)) {
            long before = DirectMemory.allocatedBytes();
            MillraceException e =
                    assertThrows(
                            MillraceException.class, () -> EmbeddingTables.read(sections, sizes));
            assertEquals(ErrorCode.CORRUPT_FILE, e.code());
            assertTrue(e.getMessage().contains(reason), e.getMessage());
            assertEquals(before, DirectMemory.allocatedBytes());
        }
    }

    private static EmbeddingTables random() {
        EmbeddingTables tables = EmbeddingTables.zeros(SIZES);
        tables.byName().values().forEach(table -> table.fillGaussian(0.3, 5));
        return tables;
    }

    private void write(EmbeddingTables tables, WeightType type) {
        try (SectionFileWriter writer = SectionFileWriter.create(file, KIND, 1)) {
            tables.write(writer, type);
            writer.commit();
        }
    }

    private EmbeddingTables read() {
        return EmbeddingTables.read(SectionFile.open(file, KIND, 1), SIZES);
    }
}
