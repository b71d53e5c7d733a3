package io.millrace.core.file;

import static io.millrace.core.file.SectionFileLayout.ALIGNMENT;
import static io.millrace.core.file.SectionFileLayout.INT;
import static io.millrace.core.file.SectionFileLayout.LONG;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes a section file (see {@link SectionFileLayout}) section by section. Nothing is seen under
 * the target's name before {@link #commit}; closing without it removes what was written.
 *
 * <p>Threading: one thread.
 */
public final class SectionFileWriter implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 20;

    private record Section(String name, long offset, long length, int checksum) {}

    private final Path target;
    private final Path temporary;
    private final byte[] kind;
    private final int version;
    private final FileChannel channel;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    private final MemorySegment chunkSegment = MemorySegment.ofBuffer(chunk);
    private final List<Section> sections = new ArrayList<>();
    private long end = ALIGNMENT;
    private boolean isCommitted;

    private SectionFileWriter(
            Path target, Path temporary, byte[] kind, int version, FileChannel channel) {
        this.target = target;
        this.temporary = temporary;
        this.kind = kind;
        this.version = version;
        this.channel = channel;
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
        // Arrays are written as they lie in memory, so the machine's order must be the file's.
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw MillraceException.of(
                    ErrorCode.INTERNAL,
                    "this machine is big-endian: file=%s; files are not",
                    target);
        }
        AtomicFile.createParent(target);
        Path temporary = TemporaryPaths.besides(target);
        try {
            FileChannel channel =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new SectionFileWriter(
                    target,
                    temporary,
                    padded(kind, SectionFileLayout.KIND_LENGTH),
                    version,
                    channel);
        } catch (IOException e) {
            TemporaryPaths.remove(temporary);
            throw MillraceException.io("create file", target, e);
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
        CRC32C checksum = new CRC32C();
        try {
            long position = end;
            for (long at = 0; at < content.byteSize(); ) {
                int length = (int) Math.min(CHUNK_BYTES, content.byteSize() - at);
                MemorySegment.copy(content, at, chunkSegment, 0, length);
                checksum.update(chunk.clear().limit(length));
                chunk.rewind();
                while (chunk.hasRemaining()) {
                    position += channel.write(chunk, position);
                }
                at += length;
            }
        } catch (IOException e) {
            throw MillraceException.io("write section " + name, target, e);
        }
        sections.add(new Section(name, end, content.byteSize(), (int) checksum.getValue()));
        end = SectionFileLayout.align(end + content.byteSize());
        return this;
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
            ByteBuffer head = header();
            long position = 0;
            while (head.hasRemaining()) {
                position += channel.write(head, position);
            }
            channel.force(true);
            channel.close();
            AtomicFile.publish(temporary, target);
            isCommitted = true;
        } catch (IOException e) {
            throw MillraceException.io("finish file", target, e);
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

    private ByteBuffer header() {
        MemorySegment head = MemorySegment.ofArray(new byte[ALIGNMENT]);
        long fileLength = ALIGNMENT;
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            long entry =
                    SectionFileLayout.HEADER_LENGTH + (long) i * SectionFileLayout.ENTRY_LENGTH;
            MemorySegment.copy(
                    MemorySegment.ofArray(
                            padded(section.name(), SectionFileLayout.ENTRY_NAME_LENGTH)),
                    0,
                    head,
                    entry,
                    SectionFileLayout.ENTRY_NAME_LENGTH);
            head.set(LONG, entry + SectionFileLayout.ENTRY_OFFSET_OFFSET, section.offset());
            head.set(LONG, entry + SectionFileLayout.ENTRY_LENGTH_OFFSET, section.length());
            head.set(INT, entry + SectionFileLayout.ENTRY_CHECKSUM_OFFSET, section.checksum());
            // An empty section writes nothing, so it must not count towards the length of the file.
            if (section.length() > 0) {
                fileLength = section.offset() + section.length();
            }
        }
        head.set(LONG, 0, SectionFileLayout.MAGIC);
        MemorySegment.copy(
                MemorySegment.ofArray(kind),
                0,
                head,
                SectionFileLayout.KIND_OFFSET,
                SectionFileLayout.KIND_LENGTH);
        head.set(INT, SectionFileLayout.VERSION_OFFSET, version);
        head.set(INT, SectionFileLayout.SECTION_COUNT_OFFSET, sections.size());
        head.set(LONG, SectionFileLayout.FILE_LENGTH_OFFSET, fileLength);
        long tableLength = (long) sections.size() * SectionFileLayout.ENTRY_LENGTH;
        head.set(
                INT,
                SectionFileLayout.TABLE_CHECKSUM_OFFSET,
                Checksums.crc32c(head.asSlice(SectionFileLayout.HEADER_LENGTH, tableLength)));
        head.set(
                INT,
                SectionFileLayout.HEADER_CHECKSUM_OFFSET,
                Checksums.crc32c(head.asSlice(0, SectionFileLayout.HEADER_CHECKSUM_OFFSET)));
        return head.asByteBuffer();
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
