package io.millrace.core.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Files that are written as memory: what was written there is in the file when the process is
 * killed, but not when the power fails.
 *
 * <p>Threading: any thread.
 */
public final class MappedFile {
    private MappedFile() {}

    /**
     * Maps a file to be read and written. One that is missing is made, one that is shorter becomes
     * longer by zeros.
     *
     * @param path the file.
     * @param bytes how many of it, from the first.
     * @param arena how long it stays mapped.
     * @return its memory.
     * @throws IOException when the system refuses.
     */
    public static MemorySegment map(Path path, long bytes, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        }
    }
}
