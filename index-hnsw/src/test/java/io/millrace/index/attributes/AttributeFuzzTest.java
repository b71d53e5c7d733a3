package io.millrace.index.attributes;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class AttributeFuzzTest {
    private static final int ROWS = 3;

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesOfLinesAreChanged() {
        Path file = folder.resolve("items.jsonl");
        try (AttributeTable table = AttributeTable.allocate(SampleTable.SCHEMA, ROWS)) {
            Fuzzing.of("attribute-lines")
                    .seeds(
                            """
                            {"id": 0, "stock": 3, "price": 9.5, "preorder": false}
                            {"id": 1, "category": "shoes", "tags": ["new", "red"]}

                            {"id": 2, "price": null, "words": []}
                            """)
                    .words("null", "1e999", "-0", "9223372036854775808", "{}", "[]", "\n", "\"\"")
                    .words("[[", "\\u0000", "\"id\": 1,", "true", "\"tags\": [null],")
                    .run(
                            input -> {
                                Files.write(file, input);
                                AttributeJsonLines.read(
                                        file, table, id -> id >= 0 && id < ROWS ? (int) id : -1);
                                for (int row = 0; row < ROWS; row++) {
                                    SampleTable.row(table, row);
                                }
                            });
        }
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfTheSchemaAreChanged() throws IOException {
        Path file = folder.resolve("attributes.json");
        SampleTable.SCHEMA.write(file);
        Fuzzing.of("attribute-schema")
                .seeds(Files.readAllBytes(file))
                .words(
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "\"",
                        "null",
                        "[null]",
                        "-1",
                        "\"\"",
                        "\"TAGS\"")
                .run(
                        input -> {
                            AttributeSchema schema = AttributeSchema.read(Files.write(file, input));
                            AttributeTable.allocate(schema, ROWS).close();
                        });
    }

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("file");
        try (AttributeTable table = SampleTable.make()) {
            AttributeFile.write(table, file);
        }
        Fuzzing.of("attributes")
                .seeds(Files.readAllBytes(file))
                .words("\"", "{", "}", "tags", "int64", "null", "-1")
                .repairing(SectionRepair::repaired)
                .run(
                        input -> {
                            Files.write(file, input);
                            try (AttributeTable table = AttributeFile.open(file)) {
                                for (int row = 0; row < table.rows(); row++) {
                                    SampleTable.row(table, row);
                                }
                            }
                        });
    }
}
