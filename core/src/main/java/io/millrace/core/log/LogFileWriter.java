package io.millrace.core.log;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.Checksums;
import io.millrace.core.file.TemporaryPaths;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One file of a log while it is written. What the system has taken survives the end of the process;
 * after {@link #sync} also that of the machine.
 *
 * <p>Threading: one thread. Allocation: none by {@link #write}.
 */
public final class LogFileWriter implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private long bytes;

    private LogFileWriter(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Begins a file behind all that are in the folder. Where the system refuses, nothing of it is
     * left behind.
     *
     * @param folder of the log.
     * @param kind what it holds.
     * @param description what a reader has to know of the records.
     * @param nowMs milliseconds since 1970 UTC.
     * @return the file, with its header.
     * @throws MillraceException IO when the system refuses.
     */
    public static LogFileWriter create(Path folder, LogKind kind, String description, long nowMs) {
        long number = 1;
        for (Path file : LogFiles.list(folder, kind)) {
            number = LogFiles.number(file, kind) + 1;
        }
        Path path = LogFiles.path(folder, kind, number);
        try {
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            LogFileWriter file = new LogFileWriter(path, channel);
            file.writeOrRemove(header(kind, description, nowMs));
            return file;
        } catch (FileAlreadyExistsException e) {
            throw new MillraceException(
                    ErrorCode.IO,
                    "another writes the same log: file=" + path + "; give each a folder of its own",
                    e);
        } catch (IOException e) {
            throw MillraceException.io("begin the file of a log", path, e);
        }
    }

    private static ByteBuffer header(LogKind kind, String text, long nowMs) {
        byte[] description = text.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[(int) LogLayout.headerBytes(description.length)];
        MemorySegment header = MemorySegment.ofArray(bytes);
        header.set(LogLayout.LONG, LogLayout.MAGIC_OFFSET, LogLayout.MAGIC);
        header.set(LogLayout.INT, LogLayout.CONTAINER_VERSION_OFFSET, LogLayout.CONTAINER_VERSION);
        header.set(LogLayout.INT, LogLayout.VERSION_OFFSET, kind.version());
        System.arraycopy(kind.markBytes(), 0, bytes, LogLayout.KIND_OFFSET, LogLayout.KIND_LENGTH);
        header.set(LogLayout.LONG, LogLayout.BEGUN_OFFSET, nowMs);
        header.set(LogLayout.INT, LogLayout.DESCRIPTION_LENGTH_OFFSET, description.length);
        System.arraycopy(description, 0, bytes, LogLayout.DESCRIPTION_OFFSET, description.length);
        int behind = LogLayout.DESCRIPTION_CHECKSUM_OFFSET + Integer.BYTES;
        header.set(
                LogLayout.INT,
                LogLayout.DESCRIPTION_CHECKSUM_OFFSET,
                Checksums.crc32c(header.asSlice(behind)));
        header.set(
                LogLayout.INT,
                LogLayout.HEADER_CHECKSUM_OFFSET,
                Checksums.crc32c(header.asSlice(0, LogLayout.HEADER_CHECKSUM_OFFSET)));
        return ByteBuffer.wrap(bytes);
    }

    private void writeOrRemove(ByteBuffer header) {
        try {
            write(header);
        } catch (MillraceException e) {
            remove();
            throw e;
        }
    }

    /**
     * Appends whole records.
     *
     * @param records from position to limit.
     * @throws MillraceException IO when the system refuses, as when the disk is full.
     */
    void write(ByteBuffer records) {
        int wanted = records.remaining();
        try {
            while (records.hasRemaining()) {
                bytes += channel.write(records);
            }
        } catch (FileSystemException e) {
            throw MillraceException.io("write to a log", path, e);
        } catch (IOException e) {
            throw new MillraceException(
                    ErrorCode.IO,
                    "cannot write to a log: file="
                            + path
                            + ", bytes="
                            + wanted
                            + ", reason="
                            + e.getMessage()
                            + "; make room for it",
                    e);
        }
    }

    /**
     * Waits until all that was written is on the disk.
     *
     * @throws MillraceException IO when the system refuses; what of it is on the disk is then
     *     unknown, also if another try succeeds.
     */
    public void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw MillraceException.io("sync a log", path, e);
        }
    }

    /**
     * Takes back what was written last.
     *
     * @param length of the file then, in bytes; not above what it is.
     * @throws MillraceException IO when the system refuses.
     */
    public void cutBack(long length) {
        try {
            channel.truncate(length);
            channel.force(true);
            bytes = length;
        } catch (IOException e) {
            throw MillraceException.io("cut back a log", path, e);
        }
    }

    /** Closes the file and removes it, as far as the system lets it. */
    public void remove() {
        close();
        TemporaryPaths.remove(path);
    }

    /**
     * The file.
     *
     * @return its path.
     */
    public Path path() {
        return path;
    }

    /**
     * Its length so far.
     *
     * @return bytes.
     */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw MillraceException.io("close the file of a log", path, e);
        }
    }
}
