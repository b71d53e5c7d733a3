package io.millrace.core.log;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.Checksums;

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
 * One file of a log while it is written. Nothing is synced: what the system has taken survives the
 * end of the process, not that of the machine.
 *
 * <p>Threading: one thread.
 */
final class LogFileWriter implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final long begunMs;
    private long bytes;

    private LogFileWriter(Path path, FileChannel channel, long begunMs) {
        this.path = path;
        this.channel = channel;
        this.begunMs = begunMs;
    }

    /**
     * Begins a file behind all that are in the folder.
     *
     * @param plan of the log
     * @param nowMs milliseconds since 1970 UTC
     * @throws MillraceException IO when the system refuses
     */
    static LogFileWriter create(LogPlan plan, long nowMs) {
        Path folder = plan.folder();
        LogKind kind = plan.kind();
        long number = 1;
        for (Path file : LogFiles.list(folder, kind)) {
            number = LogFiles.number(file, kind) + 1;
        }
        Path path = LogFiles.path(folder, kind, number);
        try {
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            LogFileWriter file = new LogFileWriter(path, channel, nowMs);
            file.writeOrClose(header(plan, nowMs));
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

    private static ByteBuffer header(LogPlan plan, long nowMs) {
        byte[] description = plan.description().getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[(int) LogLayout.headerBytes(description.length)];
        MemorySegment header = MemorySegment.ofArray(bytes);
        header.set(LogLayout.LONG, LogLayout.MAGIC_OFFSET, LogLayout.MAGIC);
        header.set(LogLayout.INT, LogLayout.CONTAINER_VERSION_OFFSET, LogLayout.CONTAINER_VERSION);
        header.set(LogLayout.INT, LogLayout.VERSION_OFFSET, plan.kind().version());
        System.arraycopy(
                plan.kind().markBytes(), 0, bytes, LogLayout.KIND_OFFSET, LogLayout.KIND_LENGTH);
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

    private void writeOrClose(ByteBuffer header) {
        try {
            write(header);
        } catch (MillraceException e) {
            close();
            throw e;
        }
    }

    /**
     * Appends whole records.
     *
     * @param records from position to limit
     * @throws MillraceException IO when the system refuses, as when the disk is full
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

    /** When it was begun, milliseconds since 1970 UTC. */
    long begunMs() {
        return begunMs;
    }

    /** Its length so far. */
    long bytes() {
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
