package io.millrace.core.file;

import static io.millrace.core.file.SectionFileLayout.INT;
import static io.millrace.core.file.SectionFileLayout.LONG;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a section file (see {@link SectionFileLayout}) section by section. Nothing is seen under
 * the target's name before {@link #commit}; closing without it removes what was written.
 *
 * <p>Threading: one thread.
 */
public final class SectionFileWriter implements AutoCloseable {
    private record Section(String name, long offset, long length) {}

    private final Path target;
    private final Path temporary;
    private final byte[] kind;
    private final int version;
    private final FileChannel channel;
    private final ByteBuffer block;
    private final MemorySegment blockSegment;
    private final List<Section> sections = new ArrayList<>();
    private int[] checksums = new int[16];
    private int blockCount;
    private long end = SectionFileLayout.HEADER_LENGTH;
    private boolean isCommitted;

    private SectionFileWriter(
            Path target,
            Path temporary,
            byte[] kind,
            int version,
            FileChannel channel,
            int blockBytes) {
        this.target = target;
        this.temporary = temporary;
        this.kind = kind;
        this.version = version;
        this.channel = channel;
        this.block = ByteBuffer.allocateDirect(blockBytes);
        this.blockSegment = MemorySegment.ofBuffer(block);
    }

    /**
     * Begins a file.
     *
     * @param target where it will stand; its folder is made when missing.
     * @param kind at most 8 ASCII characters that name the format.
     * @param version version of that format, from 1.
     * @return the writer.
     */
    public static SectionFileWriter create(Path target, String kind, int version) {
        return create(target, kind, version, SectionFileLayout.BLOCK_BYTES);
    }

    /**
     * How long a file of such sections will be.
     *
     * @param lengths lengths of the sections in bytes.
     * @return bytes.
     */
    public static long fileBytes(long... lengths) {
        long end = SectionFileLayout.HEADER_LENGTH;
        long table = 0;
        for (long length : lengths) {
            long filled = SectionFileLayout.align(length);
            end += filled;
            table +=
                    SectionFileLayout.ENTRY_LENGTH
                            + Math.ceilDiv(filled, SectionFileLayout.BLOCK_BYTES)
                                    * SectionFileLayout.CHECKSUM_LENGTH;
        }
        return end + table;
    }

    /** Begins a file with blocks of another length, of which a small file can have many. */
    static SectionFileWriter create(Path target, String kind, int version, int blockBytes) {
        // Arrays are written as they lie in memory, so the machine's order must be the file's.
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "this machine is big-endian: file=%s; files are not",
                    target);
        }
        AtomicFile.createParent(target);
        byte[] paddedKind = padded(kind, SectionFileLayout.KIND_LENGTH);
        try {
            Path temporary = TemporaryPaths.newFile(target);
            FileChannel channel = open(temporary);
            return new SectionFileWriter(
                    target, temporary, paddedKind, version, channel, blockBytes);
        } catch (IOException e) {
            throw MillraceException.io("create file", target, e);
        }
    }

    private static FileChannel open(Path temporary) throws IOException {
        try {
            return FileChannel.open(temporary, StandardOpenOption.WRITE);
        } catch (IOException e) {
            TemporaryPaths.remove(temporary);
            throw e;
        }
    }

    /**
     * Appends a section of raw bytes.
     *
     * @param name at most 24 ASCII characters, unique in the file.
     * @param content its bytes.
     * @return this writer.
     */
    public SectionFileWriter section(String name, MemorySegment content) {
        return section(
                name,
                content.byteSize(),
                (at, piece) -> MemorySegment.copy(content, at, piece, 0, piece.byteSize()));
    }

    /** Gives the bytes of a section that nobody holds as a whole. */
    @FunctionalInterface
    public interface Pieces {
        /**
         * Fills a piece; they are asked for one behind the other.
         *
         * @param at where it begins in the section.
         * @param piece memory to be filled.
         */
        void fill(long at, MemorySegment piece);
    }

    /**
     * Appends a section of raw bytes, made piece by piece.
     *
     * @param name at most 24 ASCII characters, unique in the file.
     * @param length how many bytes.
     * @param content gives them.
     * @return this writer.
     */
    public SectionFileWriter section(String name, long length, Pieces content) {
        requireNew(name);
        sections.add(new Section(name, end, length));
        for (long at = 0; at < length; at += block.capacity()) {
            int count = (int) Math.min(block.capacity(), length - at);
            content.fill(at, blockSegment.asSlice(0, count));
            int filled = (int) SectionFileLayout.align(count);
            blockSegment.asSlice(count, filled - count).fill((byte) 0);
            try {
                writeBlock(filled);
            } catch (IOException e) {
                throw AtomicFile.refused("write section " + name, target, length, e);
            }
        }
        return this;
    }

    private void requireNew(String name) {
        if (sections.size() == SectionFileLayout.MAX_SECTIONS) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "too many sections: file=%s, limit=%d",
                    target,
                    SectionFileLayout.MAX_SECTIONS);
        }
        for (Section section : sections) {
            if (section.name().equals(name)) {
                throw MillraceException.of(
                        ErrorCode.INTERNAL,
                        "section written twice: file=%s, section=%s",
                        target,
                        name);
            }
        }
    }

    /** Room that is to be filled later takes none on the disk: a block of zeros is left out. */
    private void writeBlock(int length) throws IOException {
        MemorySegment filled = blockSegment.asSlice(0, length);
        addChecksum(Checksums.crc32c(filled));
        if (!isZero(filled)) {
            writeFully(block.clear().limit(length), end);
        }
        end += length;
    }

    private void addChecksum(int checksum) {
        if (blockCount == checksums.length) {
            checksums = Arrays.copyOf(checksums, 2 * blockCount);
        }
        checksums[blockCount++] = checksum;
    }

    /**
     * Appends a section of raw bytes.
     *
     * @param name name of the section.
     * @param content its bytes.
     * @return this writer.
     */
    public SectionFileWriter bytes(String name, byte[] content) {
        return section(name, MemorySegment.ofArray(content));
    }

    /**
     * Appends a section of 32-bit numbers.
     *
     * @param name name of the section.
     * @param content the numbers.
     * @return this writer.
     */
    public SectionFileWriter ints(String name, int[] content) {
        return section(name, MemorySegment.ofArray(content));
    }

    /**
     * Appends a section of 64-bit numbers.
     *
     * @param name name of the section.
     * @param content the numbers.
     * @return this writer.
     */
    public SectionFileWriter longs(String name, long[] content) {
        return section(name, MemorySegment.ofArray(content));
    }

    /**
     * Appends a section of single-precision numbers.
     *
     * @param name name of the section.
     * @param content the numbers.
     * @return this writer.
     */
    public SectionFileWriter floats(String name, float[] content) {
        return section(name, MemorySegment.ofArray(content));
    }

    /** Writes header and table, makes all durable, and lets the file appear under its name. */
    public void commit() {
        try {
            MemorySegment table = table();
            writeFully(table.asByteBuffer(), end);
            writeFully(header(table).asByteBuffer(), 0);
            channel.force(true);
            channel.close();
            AtomicFile.publish(temporary, target);
            isCommitted = true;
        } catch (IOException e) {
            throw AtomicFile.refused("finish file", target, end, e);
        }
    }

    @Override
    public void close() {
        if (isCommitted) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw MillraceException.io("close file", target, e);
        } finally {
            TemporaryPaths.remove(temporary);
        }
    }

    private MemorySegment table() {
        long entries = (long) sections.size() * SectionFileLayout.ENTRY_LENGTH;
        long length = entries + (long) blockCount * SectionFileLayout.CHECKSUM_LENGTH;
        MemorySegment table = MemorySegment.ofArray(new byte[(int) length]);
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            long entry = (long) i * SectionFileLayout.ENTRY_LENGTH;
            put(table, entry, padded(section.name(), SectionFileLayout.ENTRY_NAME_LENGTH));
            table.set(LONG, entry + SectionFileLayout.ENTRY_OFFSET_OFFSET, section.offset());
            table.set(LONG, entry + SectionFileLayout.ENTRY_LENGTH_OFFSET, section.length());
        }
        MemorySegment.copy(checksums, 0, table, INT, entries, blockCount);
        return table;
    }

    private MemorySegment header(MemorySegment table) {
        MemorySegment header = MemorySegment.ofArray(new byte[SectionFileLayout.HEADER_LENGTH]);
        header.set(LONG, SectionFileLayout.MAGIC_OFFSET, SectionFileLayout.MAGIC);
        header.set(
                INT,
                SectionFileLayout.CONTAINER_VERSION_OFFSET,
                SectionFileLayout.CONTAINER_VERSION);
        header.set(INT, SectionFileLayout.BLOCK_BYTES_OFFSET, block.capacity());
        put(header, SectionFileLayout.KIND_OFFSET, kind);
        header.set(INT, SectionFileLayout.VERSION_OFFSET, version);
        header.set(INT, SectionFileLayout.SECTION_COUNT_OFFSET, sections.size());
        header.set(LONG, SectionFileLayout.TABLE_OFFSET_OFFSET, end);
        header.set(LONG, SectionFileLayout.FILE_LENGTH_OFFSET, end + table.byteSize());
        header.set(INT, SectionFileLayout.TABLE_CHECKSUM_OFFSET, Checksums.crc32c(table));
        header.set(
                INT,
                SectionFileLayout.HEADER_CHECKSUM_OFFSET,
                Checksums.crc32c(header.asSlice(0, SectionFileLayout.HEADER_CHECKSUM_OFFSET)));
        return header;
    }

    private void writeFully(ByteBuffer buffer, long offset) throws IOException {
        long position = offset;
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    private static void put(MemorySegment target, long offset, byte[] bytes) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, target, offset, bytes.length);
    }

    /** Whether each byte is that before it, and the first is zero. */
    private static boolean isZero(MemorySegment bytes) {
        long last = bytes.byteSize() - 1;
        return bytes.get(ValueLayout.JAVA_BYTE, 0) == 0
                && MemorySegment.mismatch(bytes, 0, last, bytes, 1, last + 1) < 0;
    }

    private static byte[] padded(String name, int length) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        if (ascii.length == 0 || ascii.length > length) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "bad name for a section file: name=%s, limit=%d characters",
                    name,
                    length);
        }
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) ' ');
        System.arraycopy(ascii, 0, bytes, 0, ascii.length);
        return bytes;
    }
}
