package io.millrace.data.importers.source;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;

import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files of rows, before anybody says what their columns mean. */
final class SourceFuzzTest {
    private static final String TEXT = "a,b\n1,x\n2,\"y,\"\"z\"\n3,\n4,w\n";
    private static final long MOST_REJECTS = 1_000;

    /** Thrift, which descriptions of Parquet are written in, believes lists of 100 MB. */
    private static final long THRIFT_BYTES = 512 << 20;

    /** A column of each type that is read. */
    private static final String SCHEMA =
            """
            message log {
              required int64 number;
              optional binary name (STRING);
              optional int32 day (DATE);
              required int64 time (TIMESTAMP(MILLIS,true));
              optional double share;
              optional int64 price (DECIMAL(18,2));
              optional binary cost (DECIMAL(9,2));
              optional int96 old;
              optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
            }
            """;

    private static final List<String> COLUMNS =
            List.of("number", "name", "day", "time", "share", "price", "cost", "old", "tags");

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz", ".zip"})
    void shouldReadOrRefuseWhenBytesOfATextAreChanged(String ending) throws IOException {
        Path file = folder.resolve("rows.csv" + ending);
        byte[] text = TEXT.getBytes(StandardCharsets.UTF_8);
        Fuzzing.of("text" + ending)
                .seeds(
                        switch (ending) {
                            case ".gz" -> gzip(text);
                            case ".zip" -> zip(text);
                            default -> text;
                        })
                .words(",", "\"", "\n", "\r", "\0", "a", "b", "PK\u0003\u0004")
                .run(
                        input -> {
                            Files.write(file, input);
                            readAll(
                                    new DelimitedFile(file, DelimitedFormat.CSV, List.of("a", "b")),
                                    List.of("a", "b"));
                        });
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfAParquetFileAreChanged() throws IOException {
        Path file = folder.resolve("rows.parquet");
        Fuzzing fuzzing = Fuzzing.of("parquet");
        for (CompressionCodecName codec :
                List.of(
                        CompressionCodecName.UNCOMPRESSED,
                        CompressionCodecName.SNAPPY,
                        CompressionCodecName.ZSTD,
                        CompressionCodecName.GZIP,
                        CompressionCodecName.LZ4_RAW)) {
            fuzzing.seeds(parquet(codec));
        }
        fuzzing.kept(longPage())
                .free(THRIFT_BYTES)
                .words("PAR1", "number", "tags", "list", "element")
                .run(
                        input -> {
                            Files.write(file, input);
                            readAll(new ParquetFile(file, COLUMNS, Map.of("tags", "|")), COLUMNS);
                        });
    }

    /** The head of one of its pages claims more than there is of the file. */
    private static byte[] longPage() throws IOException {
        try (InputStream input = SourceFuzzTest.class.getResourceAsStream("long-page.parquet")) {
            return Objects.requireNonNull(input).readAllBytes();
        }
    }

    private static void readAll(RowSource source, List<String> columns) {
        source.forEach(
                new Rejects(MOST_REJECTS),
                ProgressListener.NONE,
                row -> {
                    row.line();
                    for (String column : columns) {
                        row.text(column);
                    }
                    row.number(columns.getFirst());
                });
    }

    /** Its pages have checksums, for what is within them the library takes at its word. */
    private byte[] parquet(CompressionCodecName codec) throws IOException {
        Path file = folder.resolve("sound-" + codec);
        ParquetWriting.write(
                file,
                SCHEMA,
                codec,
                1 << 20,
                30,
                (group, row) -> {
                    group.append("number", (long) row);
                    group.append("name", "name-" + row % 3);
                    group.append("day", 19_844 + row);
                    group.append("time", 1_714_528_800_125L + row);
                    group.append("share", row / 7.0);
                    group.append("price", 100L + row);
                    group.append("cost", Binary.fromConstantByteArray(new byte[] {1, 2}));
                    group.addGroup("tags").addGroup("list").append("element", "t" + row % 4);
                });
        return Files.readAllBytes(file);
    }

    private static byte[] gzip(byte[] text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text);
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(byte[] text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry("rows.csv"));
            out.write(text);
        }
        return bytes.toByteArray();
    }
}
