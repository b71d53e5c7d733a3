package io.millrace.core.file;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Holds files for one process at a time, by an empty file beside them that the system unlocks when
 * the process ends, however it ends.
 *
 * <p>Threading: any thread.
 */
public final class ProcessLock implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private ProcessLock(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Takes the lock if it is free.
     *
     * @param path the empty file; made when missing, as is its folder.
     * @return the lock, or null when another process or another part of this one holds it.
     * @throws MillraceException IO when the system refuses.
     */
    public static @Nullable ProcessLock tryLock(Path path) {
        AtomicFile.createParent(path);
        try {
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isTaken(channel)) {
                channel.close();
                return null;
            }
            return new ProcessLock(path, channel);
        } catch (IOException e) {
            throw MillraceException.io("take a lock", path, e);
        }
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    /** Lets the lock go; the file stays. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw MillraceException.io("let a lock go", path, e);
        }
    }
}
