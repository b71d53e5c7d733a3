package io.millrace.core.file;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * A folder of files that appears whole or not at all: everything is written into a temporary
 * sibling which is renamed on {@link #commit}. Closing without a commit removes it; so does an
 * interrupted process, and after one that was killed the next writer of the same folder.
 *
 * <p>Threading: one thread owns it; files inside may be written by others before the commit.
 */
public final class AtomicDirectory implements AutoCloseable {
    private final Path target;
    private final Path temporary;
    private boolean isCommitted;

    private AtomicDirectory(Path target, Path temporary) {
        this.target = target;
        this.temporary = temporary;
    }

    /**
     * Begins a folder.
     *
     * @param target where it will stand.
     * @param replace whether a folder that stands there already may be replaced; it is left until
     *     the commit.
     * @return the folder to write into.
     * @throws MillraceException when something is in the way and may not be replaced.
     */
    public static AtomicDirectory create(Path target, boolean replace) {
        try {
            AtomicFile.createParent(target);
            Leftovers.settleReplaced(target);
            if (Files.exists(target) && !Files.isDirectory(target)) {
                throw MillraceException.of(
                        ErrorCode.USAGE,
                        "a file is in the way of a folder: path=%s; choose another name",
                        target);
            }
            if (!replace && !isMissingOrEmpty(target)) {
                throw MillraceException.of(
                        ErrorCode.USAGE,
                        "the folder is not empty: path=%s; choose another name or remove it",
                        target);
            }
            return new AtomicDirectory(target, TemporaryPaths.newFolder(target));
        } catch (IOException e) {
            throw MillraceException.io("create folder", target, e);
        }
    }

    /**
     * Removes what killed processes have begun and not finished in a folder, whatever it was to be.
     *
     * @param folder holds nothing else whose unfinished output anybody wants; may be missing.
     */
    public static void removeUnfinished(Path folder) {
        Leftovers.removeAllUnfinished(folder);
    }

    /**
     * Where to write a file of the folder.
     *
     * @param name plain file name.
     * @return its path for the time before the commit.
     */
    public Path resolve(String name) {
        return temporary.resolve(name);
    }

    /**
     * The folder as it is before the commit.
     *
     * @return its temporary path.
     */
    public Path path() {
        return temporary;
    }

    /** Makes the folder appear under its name. */
    public void commit() {
        try {
            AtomicFile.syncFolder(temporary);
            if (Files.exists(target)) {
                // Two renames: after a crash between them the next writer brings the old one back.
                Path old = Leftovers.replaced(target.toAbsolutePath());
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
                try {
                    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                    Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
                    throw e;
                }
                TemporaryPaths.remove(old);
            } else {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            }
            TemporaryPaths.forget(temporary);
            isCommitted = true;
            AtomicFile.syncFolder(target.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw MillraceException.io("finish folder", target, e);
        }
    }

    @Override
    public void close() {
        if (!isCommitted) {
            TemporaryPaths.remove(temporary);
        }
    }

    private static boolean isMissingOrEmpty(Path target) throws IOException {
        if (!Files.exists(target)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(target)) {
            return entries.findAny().isEmpty();
        }
    }
}
