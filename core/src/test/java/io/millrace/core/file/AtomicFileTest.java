package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

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

/** Files that are written piece by piece. */
final class AtomicFileTest {
    private static final int PIECES = 100_000;

    @TempDir private Path folder;

    @Test
    void shouldStandWholeAtItsPlaceWhenAllIsWritten() throws IOException {
        Path target = folder.resolve("new/log");
        AtomicFile.write(
                target,
                out -> {
                    for (int i = 0; i < PIECES; i++) {
                        out.write("x\n".getBytes(StandardCharsets.US_ASCII));
                    }
                    assertFalse(Files.exists(target));
                });
        assertEquals("x\n".repeat(PIECES), Files.readString(target));
        assertOnly(target);
    }

    @Test
    void shouldLeaveWhatWasThereWhenTheContentFails() throws IOException {
        Path target = Files.writeString(folder.resolve("log"), "old");
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                AtomicFile.write(
                                        target,
                                        out -> {
                                            out.write(new byte[PIECES]);
                                            throw new IOException("gone");
                                        }));
        assertEquals(ErrorCode.IO, e.code());
        assertThrows(
                IllegalStateException.class,
                () ->
                        AtomicFile.write(
                                target,
                                out -> {
                                    throw new IllegalStateException("a bug");
                                }));
        assertEquals("old", Files.readString(target));
        assertOnly(target);
    }

    private static void assertOnly(Path target) throws IOException {
        try (Stream<Path> entries = Files.list(target.resolveSibling("."))) {
            assertEquals(List.of(target.getFileName()), entries.map(Path::getFileName).toList());
        }
    }
}
