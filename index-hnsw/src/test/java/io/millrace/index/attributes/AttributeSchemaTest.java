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

final class AttributeSchemaTest {
    @TempDir private Path folder;

    @Test
    void shouldReadBackTheSchemaWhenWritten() {
        Path file = folder.resolve("attributes.json");
        SampleTable.SCHEMA.write(file);
        assertEquals(SampleTable.SCHEMA, AttributeSchema.read(file));
    }

    @Test
    void shouldReadTheSchemaWhenWrittenByHand() throws IOException {
        Path file = folder.resolve("attributes.json");
        Files.writeString(
                file,
                "{\"format\": 1, \"attributes\": [{\"name\": \"price\", \"kind\": \"float64\"},"
                        + " {\"name\": \"item.made_at\", \"kind\": \"int64\"}]}");
        assertEquals(
                AttributeSchema.of(
                        new Attribute("price", AttributeKind.FLOAT64),
                        new Attribute("item.made_at", AttributeKind.INT64)),
                AttributeSchema.read(file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'format': 2, 'attributes': []} | UNSUPPORTED_VERSION | format=2, known=1",
                "{'format': 1} | BAD_INPUT | attributes=none",
                "{'format': 1, 'attributes': [{'name': 'a'}]} | BAD_INPUT | name=a, kind=null",
                "{'format': 1, 'attributes': [{'kind': 'bool'}]} | BAD_INPUT | name=null",
                "{'format': 1, 'attributes': [{'name': 'a', 'kind': 'int32'}]} | BAD_INPUT |"
                        + " int32",
                "{'format': 1, 'attributes': [{'name': '1a', 'kind': 'bool'}]} | BAD_INPUT |"
                        + " name=1a",
                "{'format': 1, 'attributes': [{'name': 'a b', 'kind': 'bool'}]} | BAD_INPUT |"
                        + " name=a b",
                "{'format': 1, 'attributes': [{'name': 'Not', 'kind': 'bool'}]} | BAD_INPUT |"
                        + " name=Not",
                "{'format': 1, 'attributes': [{'name': 'a', 'kind': 'bool'}, {'name': 'a', 'kind':"
                        + " 'tags'}]} | BAD_INPUT | declared twice: name=a"
            })
    void shouldSayWhatIsWrongWhenTheSchemaIs(String json, ErrorCode code, String part)
            throws IOException {
        Path file = folder.resolve("attributes.json");
        Files.writeString(file, json.replace('\'', '"'));
        AttributeTableTest.assertFails(code, part, () -> AttributeSchema.read(file));
        AttributeTableTest.assertFails(code, file.toString(), () -> AttributeSchema.read(file));
    }
}
