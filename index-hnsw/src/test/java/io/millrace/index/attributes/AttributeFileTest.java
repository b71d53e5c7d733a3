package io.millrace.index.attributes;

import static io.millrace.index.attributes.AttributeTableTest.assertFails;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

final class AttributeFileTest {
    private static final int SECTION_ALIGNMENT = 4096;

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void writeSample() {
        file = folder.resolve("attributes");
        try (AttributeTable table = SampleTable.make()) {
            AttributeFile.write(table, file);
        }
    }

    @Test
    void shouldReadBackEveryValueWhenUndamaged() {
        try (AttributeTable table = SampleTable.make();
                AttributeTable read = AttributeFile.open(file)) {
            assertEquals(table.schema(), read.schema());
            assertEquals(table.rows(), read.rows());
            for (int row = 0; row < table.rows(); row++) {
                assertEquals(SampleTable.row(table, row), SampleTable.row(read, row));
                for (String name : List.of("tags", "words")) {
                    assertEquals(
                            ((TagsColumn) table.column(name)).signatures().get(row),
                            ((TagsColumn) read.column(name)).signatures().get(row));
                }
            }
        }
    }

    @Test
    void shouldWriteTheSameBytesWhenReadBackOrChangedToAndFro() throws IOException {
        byte[] first = Files.readAllBytes(file);
        try (AttributeTable table = AttributeFile.open(file)) {
            TagsColumn tags = (TagsColumn) table.column("tags");
            tags.set(0, List.of("red"));
            tags.set(0, List.of("new", "red"));
            AttributeFile.write(table, file);
        }
        assertArrayEquals(first, Files.readAllBytes(file));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 1_000})
    void shouldHaveMissingRowsBehindThoseOfTheFileWhenThereIsRoom(int room) {
        try (AttributeTable table = SampleTable.make();
                AttributeTable read = AttributeFile.open(file, room)) {
            assertEquals(table.rows() + room, read.rows());
            for (int row = 0; row < table.rows(); row++) {
                assertEquals(SampleTable.row(table, row), SampleTable.row(read, row));
            }
            for (int row = table.rows(); row < read.rows(); row++) {
                for (Column column : read.columns()) {
                    assertTrue(column.isMissing(row));
                }
            }
        }
    }

    @Test
    void shouldTakeNoMemoryWhenTheSameTagsAreToldAgain() {
        try (AttributeTable table = AttributeFile.open(file)) {
            TagsColumn tags = (TagsColumn) table.column("tags");
            tags.set(0, List.of("new", "red"));
            long before = table.bytes();
            for (int i = 0; i < TagArea.CHUNK_CODES; i++) {
                tags.set(0, List.of("new", "red"));
            }
            assertEquals(before, table.bytes());
            assertEquals(List.of("new", "red"), tags.get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64})
    void shouldReadBackWhenThereIsLittle(int rows) {
        for (AttributeSchema schema : List.of(AttributeSchema.of(), SampleTable.SCHEMA)) {
            try (AttributeTable table = AttributeTable.allocate(schema, rows)) {
                AttributeFile.write(table, file);
            }
            try (AttributeTable table = AttributeFile.open(file)) {
                assertEquals(rows, table.rows());
                assertEquals(schema, table.schema());
                for (Column column : table.columns()) {
                    for (int row = 0; row < rows; row++) {
                        assertTrue(column.isMissing(row));
                    }
                }
            }
        }
    }

    @Test
    void shouldRefuseAndLeakNothingWhenTruncated() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        long before = DirectMemory.allocatedBytes();
        for (int length = 0; length < whole.length; length += SECTION_ALIGNMENT) {
            for (int delta : new int[] {-1, 0, 1}) {
                if (length + delta >= 0) {
                    Files.write(file, Arrays.copyOf(whole, length + delta));
                    assertFails(
                            ErrorCode.CORRUPT_FILE, "attributes", () -> AttributeFile.open(file));
                }
            }
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertFails(ErrorCode.CORRUPT_FILE, "attributes", () -> AttributeFile.open(file));
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldRefuseWhenAByteOfAnySectionIsFlipped() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (Map.Entry<String, byte[]> section : sections().entrySet()) {
            int offset = find(whole, section.getValue());
            for (int at : new int[] {0, section.getValue().length - 1}) {
                byte[] damaged = whole.clone();
                damaged[offset + at] ^= 4;
                Files.write(file, damaged);
                assertFails(ErrorCode.CORRUPT_FILE, "attributes", () -> AttributeFile.open(file));
            }
        }
    }

    /** Files whose checksums are right and whose content is not. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rows | set 0 -1 | count of rows: rows=-1",
                "rows | set 0 4294967366 | count of rows",
                "rows | set 0 200 | section of another length: section=cells",
                "rows | set 0 69 | section of another length: section=tag-counts",
                "rows | cut 8 | not one number: section=rows",
                "schema | cut 1 | schema:",
                "schema | byte 3 88 | schema:",
                "cells | cut 64 | section of another length: section=cells",
                // The first price: the key of a NaN, of infinity, and of the negative zero.
                "cells | set 1024 9223372036854775807 | impossible value: section=cells,"
                        + " attribute=price, row=0",
                "cells | set 1024 9218868437227405312 | attribute=price, row=0",
                "cells | set 1024 -1 | attribute=price, row=0",
                "cells | byte 2117 3 | attribute=preorder, row=69",
                "cells | byte 2117 -1 | attribute=preorder, row=69",
                "cells | byte 2180 5 | attribute=category, row=1",
                "cells | byte 2183 -128 | attribute=category, row=1",
                "text-counts | cut 8 | section of another length: section=text-counts",
                "text-counts | set 0 -1 | count of texts: section=text-counts, index=0, count=-1",
                "text-counts | set 16 9223372036854775807 | count of texts: section=text-counts,"
                        + " index=2",
                "text-counts | set 0 3 | section",
                "text-ends | set 0 -1 | text out of order: section=text-ends, text=0",
                "text-ends | set 8 4 | text out of order: section=text-ends, text=1",
                "text-ends | set 8 100000 | text out of order: section=text-ends, text=1",
                "text-ends | cut 8 | count of texts",
                "text-bytes | cut 1 | text out of order",
                // The second of many words becomes the first.
                "text-bytes | byte 4133 48 | there twice: code=2, text=word0",
                "text-bytes | byte 0 -1 | text is not utf-8: code=1",
                "tag-counts | cut 4 | section of another length: section=tag-counts",
                "tag-counts | byte 3 -127 | count of tags: section=tag-counts, row=0",
                "tag-counts | byte 2 1 | count of tags: section=tag-counts, row=0, count=65538",
                "tag-counts | byte 0 3 | section",
                "tag-codes | cut 4 | count of tags",
                "tag-codes | byte 0 0 | tag of no text: section=tag-codes, row=0, code=0",
                "tag-codes | byte 0 4 | tag of no text: section=tag-codes, row=0, code=4, texts=3",
                "tag-codes | byte 3 -1 | tag of no text"
            })
    void shouldSayWhatIsWrongWhenTheContentIs(String section, String change, String part)
            throws IOException {
        long before = DirectMemory.allocatedBytes();
        String[] words = change.strip().split(" ", -1);
        rewrite(
                section.strip(),
                content ->
                        switch (words[0]) {
                            case "cut" ->
                                    Arrays.copyOf(
                                            content, content.length - Integer.parseInt(words[1]));
                            case "set" -> {
                                ByteBuffer.wrap(content)
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .putLong(
                                                Integer.parseInt(words[1]),
                                                Long.parseLong(words[2]));
                                yield content;
                            }
                            default -> {
                                content[Integer.parseInt(words[1])] = Byte.parseByte(words[2]);
                                yield content;
                            }
                        });
        assertFails(ErrorCode.CORRUPT_FILE, part.strip(), () -> AttributeFile.open(file));
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldAskForANewerProgramWhenTheSchemaIsNewer() throws IOException {
        rewrite(
                "schema",
                content ->
                        new String(content, StandardCharsets.UTF_8)
                                .replace("\"format\" : 1", "\"format\" : 2")
                                .getBytes(StandardCharsets.UTF_8));
        assertFails(ErrorCode.UNSUPPORTED_VERSION, "format=2", () -> AttributeFile.open(file));
    }

    /** Writes the file again with other content of one section. */
    private void rewrite(String name, UnaryOperator<byte[]> change) throws IOException {
        Map<String, byte[]> sections = sections();
        assertTrue(sections.containsKey(name));
        try (SectionFileWriter writer =
                SectionFileWriter.create(
                        file, AttributeFileLayout.KIND, AttributeFileLayout.VERSION)) {
            for (Map.Entry<String, byte[]> section : sections.entrySet()) {
                byte[] content = section.getValue();
                writer.bytes(
                        section.getKey(),
                        section.getKey().equals(name) ? change.apply(content) : content);
            }
            writer.commit();
        }
    }

    private Map<String, byte[]> sections() {
        Map<String, byte[]> sections = new LinkedHashMap<>();
        try (SectionFile open =
                SectionFile.open(file, AttributeFileLayout.KIND, AttributeFileLayout.VERSION)) {
            for (String name : open.names()) {
                sections.put(name, open.readBytes(name));
            }
        }
        return sections;
    }

    private static int find(byte[] whole, byte[] part) {
        for (int at = SECTION_ALIGNMENT; at + part.length <= whole.length; at += 1) {
            if (Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("no such section");
    }
}
