package io.millrace.core.file;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for unfinished output, and its removal: by the writer that gives up, or by a shutdown hook
 * when the process is interrupted.
 *
 * <p>Threading: any thread.
 */
public final class TemporaryPaths {
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(TemporaryPaths::removeAll, "millrace-cleanup-0"));
    }

    private TemporaryPaths() {}

    /**
     * A sibling of a target that no other writer uses, to be removed at exit unless {@link #forget}
     * is called.
     *
     * @param target where the finished output will stand.
     * @return a path in the same folder, so that a rename is atomic.
     */
    public static Path besides(Path target) {
        Path absolute = target.toAbsolutePath();
        String name =
                "."
                        + absolute.getFileName()
                        + ".tmp-"
                        + ProcessHandle.current().pid()
                        + "-"
                        + COUNTER.incrementAndGet();
        Path temporary = absolute.resolveSibling(name);
        UNFINISHED.add(temporary);
        return temporary;
    }

    /**
     * Has a path removed at exit.
     *
     * @param path a file or folder that must not outlive the process.
     */
    public static void removeAtExit(Path path) {
        UNFINISHED.add(path.toAbsolutePath());
    }

    /**
     * The path is finished or gone: leave it alone at exit.
     *
     * @param path the path.
     */
    public static void forget(Path path) {
        UNFINISHED.remove(path.toAbsolutePath());
    }

    /**
     * Removes a file or a folder with all it holds, as far as the system lets it.
     *
     * @param path the path; may be missing.
     */
    public static void remove(Path path) {
        forget(path);
        try {
            if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(path, new Remover());
            } else {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // A leftover that cannot be removed harms nobody: its name says that it is unfinished.
            return;
        }
    }

    private static void removeAll() {
        for (Path path : UNFINISHED) {
            remove(path);
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
