package io.millrace.cli.demo;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.TemporaryPaths;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where a demo works: a folder that is removed at the end, also when the process is interrupted, or
 * one that the user wants to keep.
 */
final class DemoFolder implements AutoCloseable {
    private final Path folder;
    private final boolean isKept;

    private DemoFolder(Path folder, boolean isKept) {
        this.folder = folder;
        this.isKept = isKept;
    }

    static DemoFolder open(@Nullable Path keep) {
        try {
            if (keep == null) {
                Path folder = Files.createTempDirectory("millrace-demo-");
                TemporaryPaths.removeAtExit(folder);
                return new DemoFolder(folder, false);
            }
            requireEmpty(keep);
            Files.createDirectories(keep);
            return new DemoFolder(keep, true);
        } catch (IOException e) {
            throw MillraceException.io(
                    "create the folder of the demo",
                    keep == null ? Path.of(System.getProperty("java.io.tmpdir", "")) : keep,
                    e);
        }
    }

    private static void requireEmpty(Path keep) throws IOException {
        if (!Files.exists(keep)) {
            return;
        }
        if (Files.isDirectory(keep)) {
            try (Stream<Path> entries = Files.list(keep)) {
                if (entries.findAny().isEmpty()) {
                    return;
                }
            }
        }
        throw MillraceException.of(
                ErrorCode.USAGE,
                "something is there already: --keep=%s; choose a folder that is missing or empty",
                keep);
    }

    Path dataset() {
        return folder.resolve("dataset");
    }

    Path models() {
        return folder.resolve("models");
    }

    Path bundle() {
        return folder.resolve("bundle");
    }

    Path state() {
        return folder.resolve("state");
    }

    Path hiccupLog() {
        return folder.resolve("hiccups.hlog");
    }

    @Override
    public void close() {
        TemporaryPaths.remove(isKept ? state() : folder);
    }
}
