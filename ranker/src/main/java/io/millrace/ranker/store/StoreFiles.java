package io.millrace.ranker.store;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.ProcessLock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
    private final ProcessLock lock;

    private StoreFiles(Path folder, String name, ProcessLock lock) {
        this.map = folder.resolve(name + ".map");
        this.description = descriptionOf(folder, name);
        this.undo = folder.resolve(name + ".undo");
        this.lock = lock;
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
        ProcessLock lock = ProcessLock.tryLock(folder.resolve(name + ".lock"));
        if (lock == null) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "feature store is in use: store=%s; stop the process that serves it, or choose"
                            + " another state folder",
                    folder.resolve(name));
        }
        return new StoreFiles(folder, name, lock);
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
        lock.close();
    }
}
