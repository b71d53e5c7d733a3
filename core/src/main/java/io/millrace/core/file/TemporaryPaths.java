package io.millrace.core.file;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The beginning of unfinished output, and its removal: by the writer that gives up, by a shutdown
 * hook when the process is interrupted, or, when it was killed, by the next writer of the same
 * target.
 *
 * <p>Threading: any thread.
 */
public final class TemporaryPaths {
    private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

    /** Shared by those who begin output, held alone by the sweep at the end of the process. */
    private static final ReadWriteLock BEGINNING = new ReentrantReadWriteLock();

    private static final int CLEANING_PASSES = 10;
    private static final long PASS_PAUSE_MS = 10;

    /** How long output that is begun at the end is held back; by then the process is gone. */
    private static final long END_MS = 2_000;

    private static volatile boolean isEnding;

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(TemporaryPaths::removeAll, "millrace-cleanup-0"));
    }

    private TemporaryPaths() {}

    /**
     * Makes an empty file beside a target, under a name that no other writer uses, to be removed at
     * exit unless {@link #forget} is called.
     *
     * @param target where the finished output will stand.
     * @return the file; it is in the same folder, so that a rename is atomic.
     * @throws IOException when the system refuses.
     */
    static Path newFile(Path target) throws IOException {
        return begin(target, Files::createFile);
    }

    /**
     * Makes an empty folder beside a target, as {@link #newFile} makes a file.
     *
     * @param target where the finished folder will stand.
     * @return the folder.
     * @throws IOException when the system refuses.
     */
    static Path newFolder(Path target) throws IOException {
        return begin(target, Files::createDirectory);
    }

    /** Makes a file or a folder of a name. */
    @FunctionalInterface
    private interface Maker {
        Path make(Path path, FileAttribute<?>... attributes) throws IOException;
    }

    /** Name and output come into being together: the sweep finds both or neither. */
    private static Path begin(Path target, Maker maker) throws IOException {
        Leftovers.removeUnfinished(target);
        Path temporary = Leftovers.unfinished(target.toAbsolutePath());
        BEGINNING.readLock().lock();
        try {
            if (!isEnding) {
                return make(temporary, maker);
            }
        } finally {
            BEGINNING.readLock().unlock();
        }
        waitForTheEnd();
        return make(temporary, maker);
    }

    private static Path make(Path temporary, Maker maker) throws IOException {
        maker.make(temporary);
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
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(path, new Remover());
            } else {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // A leftover that cannot be removed harms nobody: its name says that it is unfinished.
            return;
        } finally {
            forget(path);
        }
    }

    /**
     * Runs while the other threads still do: one of them may be filling a folder that is being
     * removed, so the sweep is repeated until it finds nothing.
     */
    private static void removeAll() {
        BEGINNING.writeLock().lock();
        try {
            isEnding = true;
        } finally {
            BEGINNING.writeLock().unlock();
        }
        List<Path> unfinished = List.copyOf(UNFINISHED);
        for (int pass = 0; pass < CLEANING_PASSES; pass++) {
            boolean isClean = true;
            for (Path path : unfinished) {
                isClean &= Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
                remove(path);
            }
            if (isClean) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PASS_PAUSE_MS));
        }
    }

    /**
     * Holds back output that is begun while the process ends. Not for ever: what a shutdown hook
     * itself writes must get through.
     */
    private static void waitForTheEnd() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(END_MS));
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
