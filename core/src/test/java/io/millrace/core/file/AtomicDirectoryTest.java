package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

final class AtomicDirectoryTest {
    @TempDir private Path folder;

    @Test
    void shouldAppearWholeWhenCommitted() throws IOException {
        Path parent = folder.resolve("made/of");
        Path target = parent.resolve("parts");
        try (AtomicDirectory directory = AtomicDirectory.create(target, false)) {
            AtomicFile.write(directory.resolve("a"), bytes("one"));
            assertTrue(Files.notExists(target));
            directory.commit();
        }
        assertEquals("one", Files.readString(target.resolve("a")));
        assertEquals(List.of(target), entries(parent));
    }

    @Test
    void shouldLeaveNothingWhenNotCommitted() throws IOException {
        Path target = folder.resolve("given-up");
        try (AtomicDirectory directory = AtomicDirectory.create(target, false)) {
            AtomicFile.write(directory.resolve("deep/er"), bytes("one"));
        }
        assertEquals(List.of(), entries(folder));
    }

    @Test
    void shouldReplaceOnlyWhenAllowed() throws IOException {
        Path target = Files.createDirectory(folder.resolve("old"));
        Files.writeString(target.resolve("a"), "old");
        MillraceException e =
                assertThrows(MillraceException.class, () -> AtomicDirectory.create(target, false));
        assertEquals(ErrorCode.USAGE, e.code());
        try (AtomicDirectory directory = AtomicDirectory.create(target, true)) {
            AtomicFile.write(directory.resolve("b"), bytes("new"));
            assertEquals("old", Files.readString(target.resolve("a")));
            directory.commit();
        }
        assertEquals(List.of(target.resolve("b")), entries(target));
        assertEquals(List.of(target), entries(folder));
    }

    @Test
    void shouldRefuseWhenAFileIsInTheWay() throws IOException {
        Path target = Files.writeString(folder.resolve("file"), "x");
        MillraceException e =
                assertThrows(MillraceException.class, () -> AtomicDirectory.create(target, true));
        assertTrue(e.getMessage().contains("in the way"), e.getMessage());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
