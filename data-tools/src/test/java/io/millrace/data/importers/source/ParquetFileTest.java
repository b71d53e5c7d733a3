package io.millrace.data.importers.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

final class ParquetFileTest {
    private static final long LARGE = 1L << 27;

    @TempDir private Path folder;

    /** Columns that nobody asks for may be of any type. */
    private static final String NUMBERED =
            """
            message log {
              required int64 number;
              optional binary name (STRING);
              optional group unread (MAP) {
                repeated group key_value { required binary key; optional int32 value; }
              }
            }
            """;

    private static void number(Group group, int row) {
        group.append("number", (long) row * row);
        if (row % 3 != 0) {
            group.append("name", "näme-" + row % 100);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionCodecName.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"LZ4", "BROTLI"})
    void shouldReadAllRowsOfAllRowGroups(CompressionCodecName codec) throws IOException {
        int rows = 5_000;
        Path file = folder.resolve("numbers.parquet");
        ParquetWriting.write(file, NUMBERED, codec, 20_000, rows, ParquetFileTest::number);
        List<List<String>> read = read(file, Map.of(), "name", "number");
        assertEquals(rows, read.size());
        for (int row = 0; row < rows; row++) {
            String name = row % 3 == 0 ? "" : "näme-" + row % 100;
            assertEquals(List.of(name, Long.toString((long) row * row)), read.get(row));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionCodecName.class,
            names = {"LZ4", "BROTLI"})
    void shouldNameTheCodecWhenItIsNotRead(CompressionCodecName codec) throws IOException {
        Path file = folder.resolve("numbers.parquet");
        ParquetWriting.write(file, NUMBERED, codec, LARGE, 10, ParquetFileTest::number);
        String message = assertBadInput(() -> read(file, Map.of(), "number"));
        String name = codec.name().toLowerCase(Locale.ROOT);
        assertTrue(message.contains("numbers.parquet, codec=" + name + "; write"), message);
    }

    private static Stream<Arguments> values() {
        long timeMs = 1_714_528_800_125L;
        String time = "2024-05-01T02:00:00.125Z";
        Binary large =
                Binary.fromConstantByteArray(new BigInteger("123456789012345").toByteArray());
        Binary small = Binary.fromConstantByteArray(new byte[] {-1, -1, -1, -1, -2});
        // 7,200.125 seconds of the day with this number.
        ByteBuffer oldTime = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        oldTime.putLong(7_200_125_000_000L).putInt(2_460_432).flip();
        return Stream.of(
                value("boolean v", "1", row -> row.append("v", true)),
                value("int32 v", "-7", row -> row.append("v", -7)),
                value("int32 v (INTEGER(32,false))", "4294967289", row -> row.append("v", -7)),
                value("int32 v (DATE)", "2024-05-01", row -> row.append("v", 19_844)),
                value("int32 v (DECIMAL(9,2))", "-123.45", row -> row.append("v", -12_345)),
                value("int64 v", "-9000000000", row -> row.append("v", -9_000_000_000L)),
                value(
                        "int64 v (INTEGER(64,false))",
                        "18446744073709551609",
                        row -> row.append("v", -7L)),
                value("int64 v (TIMESTAMP(MILLIS,true))", time, row -> row.append("v", timeMs)),
                value(
                        "int64 v (TIMESTAMP(MICROS,false))",
                        time,
                        row -> row.append("v", timeMs * 1_000)),
                value(
                        "int64 v (TIMESTAMP(NANOS,true))",
                        time,
                        row -> row.append("v", timeMs * 1_000_000)),
                value(
                        "int96 v",
                        time,
                        row -> row.append("v", Binary.fromConstantByteBuffer(oldTime))),
                value("float v", "0.1", row -> row.append("v", 0.1f)),
                value("double v", "0.1", row -> row.append("v", 0.1)),
                value("binary v", "text", row -> row.append("v", "text")),
                value("binary v (ENUM)", "text", row -> row.append("v", "text")),
                value(
                        "binary v (DECIMAL(30,3))",
                        "123456789012.345",
                        row -> row.append("v", large)),
                value(
                        "fixed_len_byte_array(5) v (DECIMAL(10,1))",
                        "-0.2",
                        row -> row.append("v", small)));
    }

    private static Arguments value(String column, String text, Consumer<Group> filler) {
        return Arguments.of(column, text, filler);
    }

    @ParameterizedTest
    @MethodSource("values")
    void shouldWriteValuesAsText(String column, String expected, Consumer<Group> filler)
            throws IOException {
        Path file = folder.resolve("value.parquet");
        ParquetWriting.write(
                file,
                "message log { required " + column + "; }",
                CompressionCodecName.ZSTD,
                LARGE,
                1,
                (group, row) -> filler.accept(group));
        assertEquals(List.of(List.of(expected)), read(file, Map.of(), "v"));
    }

    /** The length stands in the page's header, which has no checksum. */
    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MAX_VALUE})
    void shouldRefuseAPageThatWouldTakeAllMemory(int bytes) {
        ParquetBounds bounds = new ParquetBounds(folder);
        var codec = new ParquetCodecs(folder, bounds).getDecompressor(CompressionCodecName.ZSTD);
        BytesInput page = BytesInput.from(new byte[10]);
        MillraceException e =
                assertThrows(MillraceException.class, () -> codec.decompress(page, bytes));
        assertTrue(e.getMessage().contains("bytes=" + bytes + ", compressed=10"), e.getMessage());
    }

    @Test
    void shouldTakeNotANumberForMissing() throws IOException {
        Path file = folder.resolve("value.parquet");
        ParquetWriting.write(
                file,
                "message log { required double v; required float w; }",
                CompressionCodecName.UNCOMPRESSED,
                LARGE,
                1,
                (group, row) -> group.append("v", Double.NaN).append("w", Float.NaN));
        assertEquals(List.of(List.of("", "")), read(file, Map.of(), "v", "w"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "repeated binary tags (STRING); | 1",
                "optional group tags (LIST) { repeated binary list (STRING); } | 2",
                "optional group tags (LIST) { repeated group list { optional binary element"
                        + " (STRING); } } | 3",
            })
    void shouldJoinListsOfAllForms(String column, int levels) throws IOException {
        Path file = folder.resolve("lists.parquet");
        ParquetWriting.write(
                file,
                "message log { " + column + " }",
                CompressionCodecName.SNAPPY,
                LARGE,
                3,
                (group, row) -> addTags(group, levels, row));
        assertEquals(
                List.of(List.of(""), List.of("tag-0"), List.of("tag-0|tag-1")),
                read(file, Map.of("tags", "|"), "tags"));
        String message = assertBadInput(() -> read(file, Map.of(), "tags"));
        assertTrue(message.contains("column=tags"), message);
    }

    private static void addTags(Group row, int levels, int count) {
        Group tags = levels == 1 ? row : row.addGroup("tags");
        for (int i = 0; i < count; i++) {
            switch (levels) {
                case 1 -> tags.append("tags", "tag-" + i);
                case 2 -> tags.append("list", "tag-" + i);
                default -> tags.addGroup("list").append("element", "tag-" + i);
            }
        }
        if (levels == 3) {
            // A list may hold nulls, which are no tags.
            tags.addGroup("list");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "optional group v { optional int32 a; optional int32 b; }",
                "optional group v { optional int32 a; }",
                "optional group v (MAP) { repeated group key_value { required binary key;"
                        + " optional int32 value; } }",
                "optional fixed_len_byte_array(16) v (UUID);",
            })
    void shouldSayWhenAColumnIsNoValue(String column) throws IOException {
        Path file = folder.resolve("struct.parquet");
        ParquetWriting.write(
                file,
                "message log { required int32 n; " + column + " }",
                CompressionCodecName.UNCOMPRESSED,
                LARGE,
                1,
                (group, row) -> group.append("n", 1));
        String message = assertBadInput(() -> read(file, Map.of("v", "|"), "v"));
        assertTrue(message.contains("column=v, type="), message);
        assertEquals(List.of(List.of("1")), read(file, Map.of(), "n"));
    }

    @Test
    void shouldCountRowsWhenSomeAreRejected() throws IOException {
        Path file = folder.resolve("numbers.parquet");
        ParquetWriting.write(
                file, NUMBERED, CompressionCodecName.ZSTD, 20_000, 100, ParquetFileTest::number);
        Rejects rejects = new Rejects(10);
        long taken =
                new ParquetFile(file, List.of("number"), Map.of())
                        .forEach(
                                rejects,
                                ProgressListener.NONE,
                                row -> {
                                    if (row.wholeNumber("number") == 81) {
                                        throw new RejectedRow("is 81");
                                    }
                                });
        assertEquals(99, taken);
        assertEquals(1, rejects.count());
        assertTrue(rejects.examples().getFirst().contains("numbers.parquet:10"));
    }

    @Test
    void shouldNameTheColumnWhenItIsMissing() throws IOException {
        Path file = folder.resolve("numbers.parquet");
        ParquetWriting.write(
                file, NUMBERED, CompressionCodecName.ZSTD, LARGE, 1, ParquetFileTest::number);
        String message = assertBadInput(() -> read(file, Map.of(), "number", "price"));
        assertTrue(message.contains("column=price, columns=number,name,unread"), message);
    }

    @Test
    void shouldSayWhenThereIsNoSuchFile() {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> read(folder.resolve("none.parquet"), Map.of(), "number"));
        assertEquals(ErrorCode.NOT_FOUND, e.code());
    }

    @Test
    void shouldSayWhenTheFileIsCutShort() throws IOException {
        Path whole = folder.resolve("numbers.parquet");
        ParquetWriting.write(
                whole, NUMBERED, CompressionCodecName.ZSTD, 20_000, 2_000, ParquetFileTest::number);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = folder.resolve("cut.parquet");
        for (int length = 0; length < bytes.length; length += 1 + length / 10) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            String message = assertBadInput(() -> read(cut, Map.of(), "number", "name"));
            assertFalse(message.contains("@"), message);
        }
    }

    /** Pages have checksums, the description at the end has none: it must not bring us down. */
    @Test
    void shouldGiveTheRowsOrAnErrorWhenAByteIsChanged() throws IOException {
        Path whole = folder.resolve("numbers.parquet");
        ParquetWriting.write(
                whole, NUMBERED, CompressionCodecName.GZIP, LARGE, 200, ParquetFileTest::number);
        byte[] bytes = Files.readAllBytes(whole);
        Path changed = folder.resolve("changed.parquet");
        int refused = 0;
        int tried = 0;
        for (int at = 0; at < bytes.length; at += 5) {
            tried++;
            byte[] copy = bytes.clone();
            copy[at] ^= 0x10;
            Files.write(changed, copy);
            try {
                assertFalse(read(changed, Map.of(), "number", "name").size() > 200);
            } catch (MillraceException e) {
                assertEquals(ErrorCode.BAD_INPUT, e.code(), e::getMessage);
                assertEquals(1, e.getMessage().lines().count());
                refused++;
            }
        }
        assertTrue(refused > tried / 2, "refused=" + refused + " of " + tried);
    }

    private static List<List<String>> read(
            Path file, Map<String, String> separators, String... columns) {
        List<List<String>> rows = new ArrayList<>();
        Rejects rejects = new Rejects(0);
        long taken =
                new ParquetFile(file, List.of(columns), separators)
                        .forEach(
                                rejects,
                                ProgressListener.NONE,
                                row -> {
                                    rows.add(Arrays.stream(columns).map(row::text).toList());
                                    assertEquals(rows.size(), row.line());
                                });
        assertEquals(rows.size(), taken);
        return rows;
    }

    private static String assertBadInput(Runnable reading) {
        MillraceException e = assertThrows(MillraceException.class, reading::run);
        assertEquals(ErrorCode.BAD_INPUT, e.code(), e::getMessage);
        assertEquals(1, e.getMessage().lines().count(), e::getMessage);
        return e.getMessage();
    }
}
