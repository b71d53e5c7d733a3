package io.millrace.core.log;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.Checksums;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Reads one file of a log from its beginning, also while it is being written. A record that is
 * damaged is left out and counted; so is what a killed writer did not finish at the end.
 *
 * <p>Threading: one thread. Ownership: records point into the mapped file and go with it.
 */
public final class LogFileReader implements AutoCloseable {
    private final Path path;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment bytes;
    private final String description;
    private final CRC32C crc = new CRC32C();

    private boolean hasHeader;
    private long next;
    private long offset;
    private int length;
    private long expectedNumber;
    private long lostRecords;
    private long damagedBytes;
    private long tailBytes;

    private LogFileReader(Path path, LogKind kind) {
        this.path = path;
        try {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            } catch (IOException e) {
                throw MillraceException.io("read the file of a log", path, e);
            }
            description = readHeader(kind);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Opens a file as long as it is now.
     *
     * @param path the file.
     * @param kind what its records must be.
     * @return the reader, before the first record.
     * @throws MillraceException CORRUPT_FILE when the header is damaged, UNSUPPORTED_VERSION or
     *     MISMATCH when it is of another version or kind.
     */
    public static LogFileReader open(Path path, LogKind kind) {
        return new LogFileReader(path, kind);
    }

    /** Reads the header and returns the description; that of an unfinished header is empty. */
    private String readHeader(LogKind kind) {
        long size = bytes.byteSize();
        if (size < LogLayout.DESCRIPTION_OFFSET) {
            return unfinished();
        }
        if (bytes.get(LogLayout.LONG, LogLayout.MAGIC_OFFSET) != LogLayout.MAGIC) {
            throw MillraceException.corrupt(path, "not a log of millrace");
        }
        requireVersion(
                "container",
                bytes.get(LogLayout.INT, LogLayout.CONTAINER_VERSION_OFFSET),
                LogLayout.CONTAINER_VERSION,
                LogLayout.CONTAINER_VERSION);
        requireChecksum(LogLayout.HEADER_CHECKSUM_OFFSET, 0, LogLayout.HEADER_CHECKSUM_OFFSET);
        requireKind(kind);
        int length = bytes.get(LogLayout.INT, LogLayout.DESCRIPTION_LENGTH_OFFSET);
        if (length < 0 || length > LogLayout.MAX_DESCRIPTION_BYTES) {
            throw MillraceException.corrupt(
                    path,
                    "length of the description: length=%d bytes, limit=%d bytes",
                    length,
                    LogLayout.MAX_DESCRIPTION_BYTES);
        }
        long headerBytes = LogLayout.headerBytes(length);
        if (size < headerBytes) {
            return unfinished();
        }
        int behind = LogLayout.DESCRIPTION_CHECKSUM_OFFSET + Integer.BYTES;
        requireChecksum(LogLayout.DESCRIPTION_CHECKSUM_OFFSET, behind, headerBytes);
        hasHeader = true;
        next = headerBytes;
        return text(LogLayout.DESCRIPTION_OFFSET, length);
    }

    private void requireChecksum(long at, long from, long to) {
        int actual = Checksums.crc32c(bytes.asSlice(from, to - from));
        int expected = bytes.get(LogLayout.INT, at);
        if (actual != expected) {
            throw MillraceException.corrupt(
                    path, "checksum of the header: expected=%08x, actual=%08x", expected, actual);
        }
    }

    private String unfinished() {
        tailBytes = bytes.byteSize();
        next = bytes.byteSize();
        return "";
    }

    private void requireKind(LogKind kind) {
        String mark = text(LogLayout.KIND_OFFSET, LogLayout.KIND_LENGTH).strip();
        if (!mark.equals(kind.mark())) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "a log of another kind: file=%s, kind=%s, expected=%s",
                    path,
                    mark,
                    kind.mark());
        }
        requireVersion(
                kind.name(),
                bytes.get(LogLayout.INT, LogLayout.VERSION_OFFSET),
                kind.oldest(),
                kind.version());
    }

    private void requireVersion(String what, int version, int oldest, int known) {
        if (version < oldest || version > known) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown version of a log: file=%s, what=%s, version=%d, known=%d; use the"
                            + " millrace that wrote it",
                    path,
                    what,
                    version,
                    known);
        }
    }

    private String text(long at, int length) {
        byte[] text = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(text, StandardCharsets.UTF_8);
    }

    /**
     * Whether the writer came as far as to finish the header.
     *
     * @return false for a file without records and description.
     */
    public boolean hasHeader() {
        return hasHeader;
    }

    /**
     * What the writer said of its records.
     *
     * @return the text; empty without a header.
     */
    public String description() {
        return description;
    }

    /**
     * Goes to the next record that is whole.
     *
     * @return false at the end.
     */
    public boolean next() {
        long size = bytes.byteSize();
        long skippedFrom = next;
        while (next < size && !isRecord(next)) {
            next += LogLayout.ALIGNMENT;
        }
        if (next >= size) {
            tailBytes += size - skippedFrom;
            next = size;
            return false;
        }
        damagedBytes += next - skippedFrom;
        long number = bytes.get(LogLayout.INT, next + LogLayout.NUMBER_OFFSET);
        lostRecords += number - expectedNumber;
        expectedNumber = number + 1;
        offset = next + LogLayout.CONTENT_OFFSET;
        length = bytes.get(LogLayout.INT, next + LogLayout.LENGTH_OFFSET);
        next += LogLayout.recordBytes(length);
        return true;
    }

    private boolean isRecord(long at) {
        long room = bytes.byteSize() - at;
        if (room < LogLayout.CONTENT_OFFSET || bytes.get(LogLayout.INT, at) != LogLayout.MARK) {
            return false;
        }
        int contentBytes = bytes.get(LogLayout.INT, at + LogLayout.LENGTH_OFFSET);
        if (contentBytes <= 0 || LogLayout.recordBytes(contentBytes) > room) {
            return false;
        }
        crc.reset();
        update(at + LogLayout.LENGTH_OFFSET, at + LogLayout.CHECKSUM_OFFSET);
        update(at + LogLayout.CONTENT_OFFSET, at + LogLayout.recordBytes(contentBytes));
        return (int) crc.getValue() == bytes.get(LogLayout.INT, at + LogLayout.CHECKSUM_OFFSET);
    }

    private void update(long from, long to) {
        crc.update(bytes.asSlice(from, to - from).asByteBuffer());
    }

    /**
     * The file that is read.
     *
     * @return its path.
     */
    public Path path() {
        return path;
    }

    /**
     * Number of the record in its file.
     *
     * @return from 0.
     */
    public int number() {
        return (int) (expectedNumber - 1);
    }

    /**
     * Memory of the file.
     *
     * @return the segment {@link #offset} points into.
     */
    public MemorySegment segment() {
        return bytes;
    }

    /**
     * Where the content of the record begins.
     *
     * @return byte offset into {@link #segment}.
     */
    public long offset() {
        return offset;
    }

    /**
     * Length of the content of the record.
     *
     * @return bytes, above 0.
     */
    public int length() {
        return length;
    }

    /**
     * What was left out so far.
     *
     * @return the sum; {@link LogDamage#tailBytes} is known at the end.
     */
    public LogDamage damage() {
        return new LogDamage(lostRecords, damagedBytes, tailBytes);
    }

    @Override
    public void close() {
        arena.close();
    }
}
