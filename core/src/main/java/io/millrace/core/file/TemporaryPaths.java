package io.millrace.core.file;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Names for unfinished output, and its removal: by the writer that gives up, by a shutdown hook
 * when the process is interrupted, or, when it was killed, by the next writer of the same target.
 *
 * <p>Threading: any thread.
 */
public final class TemporaryPaths {
    private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();
    private static final int CLEANING_PASSES = 10;
    private static final long PASS_PAUSE_MS = 10;
    private static volatile boolean isEnding;

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
        if (isEnding) {
            waitForTheSweep();
        }
        Leftovers.removeUnfinished(target);
        Path temporary = Leftovers.unfinished(target.toAbsolutePath());
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
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(path, new Remover());
            } else {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // A leftover that cannot be removed harms nobody: its name says that it is unfinished.
            return;
        }
    }

    /**
     * Runs while the other threads still do: one of them may be about to create what it got a name
     * for, so the sweep is repeated until it finds nothing.
     */
    private static void removeAll() {
        isEnding = true;
        List<Path> unfinished = List.copyOf(UNFINISHED);
        for (int pass = 0; pass < CLEANING_PASSES; pass++) {
            boolean isClean = true;
            for (Path path : unfinished) {
                isClean &= Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
                remove(path);
            }
            if (isClean && pass > 0) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PASS_PAUSE_MS));
        }
    }

    /**
     * Holds back output that is begun while the process ends, until the sweep is over and with it,
     * as a rule, the process. Not for ever: what a shutdown hook itself writes must get through.
     */
    private static void waitForTheSweep() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3 * CLEANING_PASSES * PASS_PAUSE_MS));
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
