package io.millrace.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class DemoFolderTest {
    @TempDir Path parent;

    @Test
    void shouldLeaveNothingWhenNotKept() throws IOException {
        Path dataset;
        try (DemoFolder folder = DemoFolder.open(null)) {
            dataset = folder.dataset();
            Files.createDirectories(dataset);
            Files.writeString(dataset.resolve("some.rows"), "x");
        }
        assertFalse(Files.exists(dataset.getParent()));
    }

    @Test
    void shouldLeaveAllButTheServersStateWhenKept() throws IOException {
        Path keep = parent.resolve("kept");
        try (DemoFolder folder = DemoFolder.open(keep)) {
            Files.createDirectories(folder.bundle());
            Files.createDirectories(folder.state());
            Files.writeString(folder.bundle().resolve("manifest.json"), "{}");
        }
        assertTrue(Files.exists(keep.resolve("bundle/manifest.json")));
        assertFalse(Files.exists(keep.resolve("state")));
    }

    @Test
    void shouldRefuseWhenSomethingIsThereAlready() throws IOException {
        Files.writeString(parent.resolve("theirs.txt"), "x");
        MillraceException e =
                assertThrows(MillraceException.class, () -> DemoFolder.open(parent).close());
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(Files.exists(parent.resolve("theirs.txt")));
    }
}
