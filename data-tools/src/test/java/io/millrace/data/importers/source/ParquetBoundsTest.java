package io.millrace.data.importers.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;

import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a Parquet file claims and does not hold. */
final class ParquetBoundsTest {
    private static final String SCHEMA = "message log { required int64 number; }";

    @TempDir private Path folder;
    private final ParquetBounds bounds = new ParquetBounds(Path.of("log.parquet"));

    @ParameterizedTest
    @CsvSource({
        "0, 0, true",
        "16777216, 1, true",
        "16777217, 1, false",
        "25600000, 100000, true",
        "25600001, 100000, false",
        "268435456, 99999999, true",
        "268435457, 99999999, false",
        "-1, 1000, false"
    })
    void shouldTakePagesThatCanComeOfTheirBytes(int bytes, long compressed, boolean isTaken) {
        if (isTaken) {
            bounds.requirePage(bytes, compressed);
            return;
        }
        assertRefused("bytes=" + bytes, () -> bounds.requirePage(bytes, compressed));
    }

    @ParameterizedTest
    @CsvSource({"16, true", "17, false", "-1, false", "2147483647, false"})
    void shouldTakeDictionariesThatHaveBytesForTheirValues(int values, boolean isTaken) {
        DictionaryPage page =
                new DictionaryPage(BytesInput.from(new byte[16]), values, Encoding.PLAIN);
        PageReader reader =
                bounds.checked(new OnePage(page))
                        .getPageReader(
                                MessageTypeParser.parseMessageType(SCHEMA).getColumns().getFirst());
        if (isTaken) {
            assertEquals(page, reader.readDictionaryPage());
            return;
        }
        assertRefused("values of a dictionary=" + values, reader::readDictionaryPage);
    }

    @Test
    void shouldRefusePiecesOutsideOfTheFile() throws IOException {
        Path file = folder.resolve("log.parquet");
        ParquetWriting.write(
                file,
                SCHEMA,
                CompressionCodecName.UNCOMPRESSED,
                1 << 20,
                100,
                (group, row) -> group.append("number", (long) row));
        List<BlockMetaData> blocks;
        ParquetReadOptions options =
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
            blocks = reader.getFooter().getBlocks();
        }
        bounds.requireWithin(blocks, Files.size(file));
        assertRefused("column=[number]", () -> bounds.requireWithin(blocks, 100));
        assertRefused("offset=4", () -> bounds.requireWithin(blocks, 3));
    }

    /** As many zeros would be written as it says. */
    @Test
    void shouldRefuseDecimalsThatAreTooFine() throws IOException {
        Path file = folder.resolve("log.parquet");
        ParquetWriting.write(
                file,
                "message log { required binary number (DECIMAL(2000000000,1999999999)); }",
                CompressionCodecName.UNCOMPRESSED,
                1 << 20,
                1,
                (group, row) ->
                        group.append("number", Binary.fromConstantByteArray(new byte[] {1})));
        assertRefused("a column that cannot be read so", () -> read(file));
    }

    @Test
    void shouldRefuseADecimalWithoutDigits() throws IOException {
        Path file = folder.resolve("log.parquet");
        ParquetWriting.write(
                file,
                "message log { required binary number (DECIMAL(9,2)); }",
                CompressionCodecName.UNCOMPRESSED,
                1 << 20,
                1,
                (group, row) -> group.append("number", Binary.fromConstantByteArray(new byte[0])));
        assertRefused("not a whole Parquet file", () -> read(file));
    }

    private static void read(Path file) {
        new ParquetFile(file, List.of("number"), Map.of())
                .forEach(new Rejects(0), ProgressListener.NONE, row -> row.text("number"));
    }

    private static void assertRefused(String reason, Runnable action) {
        MillraceException e = assertThrows(MillraceException.class, action::run);
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    /** A column that has a dictionary and nothing else. */
    private record OnePage(DictionaryPage dictionary) implements PageReadStore, PageReader {
        @Override
        public PageReader getPageReader(ColumnDescriptor column) {
            return this;
        }

        @Override
        public long getRowCount() {
            return 0;
        }

        @Override
        public void close() {}

        @Override
        public DictionaryPage readDictionaryPage() {
            return dictionary;
        }

        @Override
        public long getTotalValueCount() {
            return 0;
        }

        @Override
        public DataPage readPage() {
            throw new AssertionError("there is none");
        }
    }
}
