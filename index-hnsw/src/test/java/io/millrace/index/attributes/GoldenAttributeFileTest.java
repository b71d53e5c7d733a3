package io.millrace.index.attributes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The file of version 1 stays readable, and is what is written today. */
final class GoldenAttributeFileTest {
    private static final String NAME = "sample.attributes";
    private static final String FOLDER_PROPERTY = "millrace.golden.folder";
    private static final int LARGEST_FILE_BYTES = 64 << 10;

    @TempDir private Path folder;

    @Test
    void shouldHoldAllValuesWhenOpened() {
        try (AttributeTable expected = SampleTable.make();
                AttributeTable table = AttributeFile.open(golden())) {
            assertEquals(SampleTable.SCHEMA, table.schema());
            assertEquals(SampleTable.ROWS, table.rows());
            for (int row = 0; row < SampleTable.ROWS; row++) {
                assertEquals(SampleTable.row(expected, row), SampleTable.row(table, row));
            }
        }
    }

    @Test
    void shouldWriteTheSameBytesWhenMadeAgainOrOpenedAndSaved() throws IOException {
        byte[] bytes = Files.readAllBytes(golden());
        assertTrue(bytes.length <= LARGEST_FILE_BYTES, "bytes=" + bytes.length);
        Path file = folder.resolve("file");
        try (AttributeTable table = SampleTable.make()) {
            AttributeFile.write(table, file);
        }
        assertArrayEquals(bytes, Files.readAllBytes(file));
        try (AttributeTable table = AttributeFile.open(golden())) {
            AttributeFile.write(table, file);
        }
        assertArrayEquals(bytes, Files.readAllBytes(file));
    }

    /** No test: how the file was made, see the README beside it. */
    @Test
    @EnabledIfSystemProperty(named = FOLDER_PROPERTY, matches = ".+")
    void shouldWriteTheFileWhenAFolderIsNamed() throws IOException {
        Path target = Path.of(Objects.requireNonNull(System.getProperty(FOLDER_PROPERTY)));
        try (AttributeTable table = SampleTable.make()) {
            AttributeFile.write(table, Files.createDirectories(target).resolve(NAME));
        }
    }

    private static Path golden() {
        try {
            return Path.of(
                    Objects.requireNonNull(
                                    GoldenAttributeFileTest.class.getResource(
                                            "/io/millrace/index/v1/" + NAME))
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
