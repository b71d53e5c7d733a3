package io.millrace.index.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.error.ErrorCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class AttributeJsonLinesTest {
    private static final int ROWS = 3;

    @TempDir private Path folder;

    @Test
    void shouldFillTheRowsOfItemsWhenLinesAreInAnyOrder() throws IOException {
        try (AttributeTable table = AttributeTable.allocate(SampleTable.SCHEMA, ROWS)) {
            AttributeJsonLines.Report report =
                    read(
                            table,
                            "{\"id\": 102, \"price\": 9, \"tags\": [\"b\", \"a\"], \"words\": []}",
                            "",
                            "{\"id\": 7, \"stock\": 1}",
                            "{\"id\": 100, \"stock\": 1, \"category\": \"old\"}",
                            "{\"id\": 100, \"stock\": -5, \"preorder\": false, \"category\":"
                                    + " null}");
            assertEquals(new AttributeJsonLines.Report(3, 1), report);
            assertEquals(
                    Arrays.asList(-5L, null, false, null, null, null), SampleTable.row(table, 0));
            assertEquals(
                    Arrays.asList(null, null, null, null, null, null), SampleTable.row(table, 1));
            assertEquals(
                    Arrays.asList(null, 9.0, null, null, List.of("b", "a"), List.of()),
                    SampleTable.row(table, 2));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'id': 100 | not json: file=FILE, line=2, reason=",
                "[1] | not a json object: file=FILE, line=2",
                "{'price': 1} | line=2, name=id, value=null, expected=a whole number",
                "{'id': 'x'} | line=2, name=id, value=\"x\", expected=a whole number",
                "{'id': 100, 'pirce': 1} | line=2, name=pirce, attributes=stock, price",
                "{'id': 100, 'stock': 1.5} | line=2, name=stock, value=1.5, expected=a whole"
                        + " number",
                "{'id': 100, 'stock': -9223372036854775808} | line=2, name=stock",
                "{'id': 100, 'stock': 1e400} | line=2, name=stock",
                "{'id': 100, 'price': '1'} | line=2, name=price, value=\"1\", expected=a finite",
                "{'id': 100, 'price': 1e999} | line=2, name=price",
                "{'id': 100, 'preorder': 1} | line=2, name=preorder, value=1, expected=true or",
                "{'id': 100, 'category': 1} | line=2, name=category, value=1, expected=a text",
                "{'id': 100, 'tags': 'a'} | line=2, name=tags, value=\"a\", expected=an array",
                "{'id': 100, 'tags': ['a', 1]} | line=2, name=tags, value=[\"a\",1], expected=an"
                        + " array",
                "{'id': 100, 'stock': 1, 'stock': 2} | not json: file=FILE, line=2, reason=Dup"
            })
    void shouldNameTheLineWhenItCannotBeTaken(String line, String part) {
        try (AttributeTable table = AttributeTable.allocate(SampleTable.SCHEMA, ROWS)) {
            AttributeTableTest.assertFails(
                    ErrorCode.BAD_INPUT,
                    part.replace("FILE", folder.resolve("items.jsonl").toString()),
                    () -> {
                        try {
                            read(table, "{\"id\": 101}", line.replace('\'', '"'));
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });
        }
    }

    @Test
    void shouldRefuseWhenTheIndexHasMoreRows() throws IOException {
        Path file = folder.resolve("items.jsonl");
        Files.writeString(file, "{\"id\": 1, \"stock\": 1}");
        try (AttributeTable table = AttributeTable.allocate(SampleTable.SCHEMA, ROWS)) {
            AttributeTableTest.assertFails(
                    ErrorCode.MISMATCH,
                    "line=1, id=1, row=3, rows=3",
                    () -> AttributeJsonLines.read(file, table, id -> ROWS));
        }
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        try (AttributeTable table = AttributeTable.allocate(SampleTable.SCHEMA, ROWS)) {
            AttributeTableTest.assertFails(
                    ErrorCode.NOT_FOUND,
                    "no such file",
                    () -> AttributeJsonLines.read(folder.resolve("none"), table, id -> 0));
        }
    }

    private AttributeJsonLines.Report read(AttributeTable table, String... lines)
            throws IOException {
        Path file = folder.resolve("items.jsonl");
        Files.write(file, List.of(lines));
        return AttributeJsonLines.read(
                file, table, id -> id >= 100 && id < 100 + ROWS ? (int) (id - 100) : -1);
    }
}
