package io.millrace.ranker.store;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The files of one store, held for one process at a time by a lock that the system lets go when the
 * process ends, however it ends.
 *
 * <pre>
 *   users.map    the rows, a Chronicle Map
 *   users.json   the description; a map without one was never finished
 *   users.undo   the row that is being changed, see UndoLog
 *   users.lock   empty; locked while the store is open
 * </pre>
 *
 * <p>Threading: one thread.
 */
final class StoreFiles implements AutoCloseable {
    private final Path map;
    private final Path description;
    private final Path undo;
    private final FileChannel lockChannel;

    private StoreFiles(Path folder, String name, FileChannel lockChannel) {
        this.map = folder.resolve(name + ".map");
        this.description = descriptionOf(folder, name);
        this.undo = folder.resolve(name + ".undo");
        this.lockChannel = lockChannel;
    }

    static Path descriptionOf(Path folder, String name) {
        return folder.resolve(name + ".json");
    }

    /**
     * Takes the lock.
     *
     * @throws MillraceException UNAVAILABLE when another process, or another store of this one,
     *     holds it.
     */
    static StoreFiles lock(Path folder, String name) {
        Path path = folder.resolve(name + ".lock");
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw MillraceException.of(
                        ErrorCode.UNAVAILABLE,
                        "feature store is in use: store=%s; stop the process that serves it, or"
                                + " choose another state folder",
                        folder.resolve(name));
            }
            return new StoreFiles(folder, name, channel);
        } catch (IOException e) {
            throw MillraceException.io("lock feature store", path, e);
        }
    }

    Path map() {
        return map;
    }

    Path description() {
        return description;
    }

    Path undo() {
        return undo;
    }

    long mapBytes() {
        try {
            return Files.size(map);
        } catch (IOException e) {
            throw MillraceException.io("open feature store", map, e);
        }
    }

    /** Removes what an interrupted creation left. */
    void removeUnfinished() {
        try {
            Files.deleteIfExists(map);
            Files.deleteIfExists(undo);
        } catch (IOException e) {
            throw MillraceException.io("remove unfinished feature store", map, e);
        }
    }

    /** Lets the lock go. */
    @Override
    public void close() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw MillraceException.io("unlock feature store", map, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
