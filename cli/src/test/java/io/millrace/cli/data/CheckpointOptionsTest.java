package io.millrace.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.train.checkpoint.Checkpoints;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class CheckpointOptionsTest {
    @TempDir private Path folder;

    @Test
    void shouldKeepThemBesideTheModelsWhenNoFolderIsNamed() throws IOException {
        Path kept = Files.createDirectory(folder.resolve("models.checkpoint"));
        Path out = folder.resolve("models");
        assertFalse(checkpoints(out).isAnyThere());
        Files.createFile(kept.resolve("towers.checkpoint"));
        assertTrue(checkpoints(out).isAnyThere());
        assertTrue(checkpoints(folder.resolve("./models/")).isAnyThere());
        assertFalse(checkpoints(folder.resolve("others")).isAnyThere());
        String named = "--checkpoint=" + kept;
        assertTrue(checkpoints(folder.resolve("others"), named).isAnyThere());
        assertFalse(checkpoints(out, "--checkpoint-seconds=0").isAnyThere());
    }

    @Test
    void shouldRefuseATimeBelowZero() {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> checkpoints(folder, "--checkpoint-seconds=-1"));
        assertEquals(ErrorCode.USAGE, e.code());
    }

    private static Checkpoints checkpoints(Path out, String... arguments) {
        return CommandLine.populateCommand(new CheckpointOptions(), arguments).of(out);
    }
}
