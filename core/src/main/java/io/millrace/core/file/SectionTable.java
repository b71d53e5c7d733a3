package io.millrace.core.file;

import static io.millrace.core.file.SectionFileLayout.INT;
import static io.millrace.core.file.SectionFileLayout.LONG;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Header and table of a section file, checked before anything else of it is believed: a file that
 * passes has its sections one behind the other as the writer lays them, and nothing else.
 *
 * <p>Threading: immutable.
 */
final class SectionTable {
    /** Where a section lies, and the number of its first block in the file. */
    record Section(String name, long offset, long length, int firstBlock) {
        long end() {
            return SectionFileLayout.align(offset + length);
        }

        int blocks(int blockBytes) {
            return (int) Math.ceilDiv(end() - offset, blockBytes);
        }
    }

    private final Path path;
    private final int version;
    private final int blockBytes;
    private final long end;
    private final List<Section> sections;
    private final int[] checksums;

    private SectionTable(
            Path path,
            int version,
            int blockBytes,
            long end,
            List<Section> sections,
            int[] checksums) {
        this.path = path;
        this.version = version;
        this.blockBytes = blockBytes;
        this.end = end;
        this.sections = List.copyOf(sections);
        this.checksums = checksums;
    }

    /** Reads and checks header and table; allocates no more than the file is long. */
    static SectionTable read(Path path, FileChannel channel, String kind, int newestVersion)
            throws IOException {
        MemorySegment header = readHeader(path, channel);
        return read(path, channel, header, checkKind(path, header, kind, newestVersion));
    }

    /**
     * The checksum of a whole file of whatever kind, put together from those of its parts: header
     * and table are read and checked, blocks are not.
     */
    static int wholeChecksum(Path path, FileChannel channel) throws IOException {
        MemorySegment header = readHeader(path, channel);
        int version = header.get(INT, SectionFileLayout.VERSION_OFFSET);
        SectionTable table = read(path, channel, header, version);
        int checksum = Checksums.crc32c(header);
        for (int block = 0; block < table.blockCount(); block++) {
            checksum =
                    Checksums.crc32cOfBoth(
                            checksum, table.checksum(block), table.blockLength(block));
        }
        return Checksums.crc32cOfBoth(
                checksum,
                header.get(INT, SectionFileLayout.TABLE_CHECKSUM_OFFSET),
                header.get(LONG, SectionFileLayout.FILE_LENGTH_OFFSET) - table.end());
    }

    private static MemorySegment readHeader(Path path, FileChannel channel) throws IOException {
        long fileLength = channel.size();
        if (fileLength < SectionFileLayout.HEADER_LENGTH) {
            throw MillraceException.corrupt(
                    path,
                    "shorter than a header: length=%d, least=%d",
                    fileLength,
                    SectionFileLayout.HEADER_LENGTH);
        }
        MemorySegment header = read(path, channel, 0, SectionFileLayout.HEADER_LENGTH);
        checkHeader(path, header);
        return header;
    }

    private static SectionTable read(
            Path path, FileChannel channel, MemorySegment header, int version) throws IOException {
        long fileLength = channel.size();
        long expectedLength = header.get(LONG, SectionFileLayout.FILE_LENGTH_OFFSET);
        if (fileLength != expectedLength) {
            throw MillraceException.corrupt(
                    path, "length: expected=%d bytes, actual=%d bytes", expectedLength, fileLength);
        }
        int blockBytes = header.get(INT, SectionFileLayout.BLOCK_BYTES_OFFSET);
        if (!SectionFileLayout.isBlockLength(blockBytes)) {
            throw MillraceException.corrupt(path, "length of a block: length=%d", blockBytes);
        }
        int count = header.get(INT, SectionFileLayout.SECTION_COUNT_OFFSET);
        long end = header.get(LONG, SectionFileLayout.TABLE_OFFSET_OFFSET);
        long entryBytes = (long) count * SectionFileLayout.ENTRY_LENGTH;
        long mostBlocks = end / blockBytes + count;
        long tableLength = fileLength - end;
        if (end < SectionFileLayout.HEADER_LENGTH
                || count < 0
                || count > SectionFileLayout.MAX_SECTIONS
                || mostBlocks > SectionFileLayout.MAX_BLOCKS
                || tableLength < entryBytes
                || tableLength > entryBytes + mostBlocks * SectionFileLayout.CHECKSUM_LENGTH) {
            throw MillraceException.corrupt(
                    path,
                    "place of the table: offset=%d, sections=%d, file=%d bytes",
                    end,
                    count,
                    fileLength);
        }
        MemorySegment table = read(path, channel, end, (int) tableLength);
        checkSum(path, "table", header.get(INT, SectionFileLayout.TABLE_CHECKSUM_OFFSET), table);
        List<Section> sections = sections(path, table, count, blockBytes, end);
        int blocks = sections.stream().mapToInt(section -> section.blocks(blockBytes)).sum();
        MemorySegment checksums = table.asSlice(entryBytes);
        if (checksums.byteSize() != (long) blocks * SectionFileLayout.CHECKSUM_LENGTH) {
            throw MillraceException.corrupt(
                    path,
                    "checksums of blocks: length=%d bytes, blocks=%d",
                    checksums.byteSize(),
                    blocks);
        }
        return new SectionTable(path, version, blockBytes, end, sections, checksums.toArray(INT));
    }

    Path path() {
        return path;
    }

    int version() {
        return version;
    }

    /** Where the last section ends: the length of what is worth having in memory. */
    long end() {
        return end;
    }

    List<Section> sections() {
        return sections;
    }

    int blockCount() {
        return checksums.length;
    }

    int blockBytes() {
        return blockBytes;
    }

    long blockOffset(int block) {
        return blockOffset(sectionOf(block), block);
    }

    int blockLength(int block) {
        Section section = sectionOf(block);
        return (int) Math.min(blockBytes, section.end() - blockOffset(section, block));
    }

    int checksum(int block) {
        return checksums[block];
    }

    /** What to throw about a block that is not what was written. */
    MillraceException damaged(int block, int actual) {
        Section section = sectionOf(block);
        return MillraceException.corrupt(
                path,
                "block checksum: section=%s, block=%d, offset=%d, expected=%08x, actual=%08x",
                section.name(),
                block - section.firstBlock(),
                blockOffset(section, block),
                checksums[block],
                actual);
    }

    private long blockOffset(Section section, int block) {
        return section.offset() + (long) (block - section.firstBlock()) * blockBytes;
    }

    /** The last section that begins at or before a block; empty ones before it share its number. */
    private Section sectionOf(int block) {
        int low = 0;
        int high = sections.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (sections.get(middle).firstBlock() <= block) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return sections.get(low);
    }

    private static void checkHeader(Path path, MemorySegment header) {
        if (header.get(LONG, SectionFileLayout.MAGIC_OFFSET) != SectionFileLayout.MAGIC) {
            throw MillraceException.corrupt(path, "not a file of millrace (no magic at its start)");
        }
        // Before the checksum: another container may have that in another place.
        int container = header.get(INT, SectionFileLayout.CONTAINER_VERSION_OFFSET);
        if (container != SectionFileLayout.CONTAINER_VERSION) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown version of the container: file=%s, version=%d, known=%d; use another"
                            + " millrace or build the file again",
                    path,
                    container,
                    SectionFileLayout.CONTAINER_VERSION);
        }
        checkSum(
                path,
                "header",
                header.get(INT, SectionFileLayout.HEADER_CHECKSUM_OFFSET),
                header.asSlice(0, SectionFileLayout.HEADER_CHECKSUM_OFFSET));
    }

    private static int checkKind(Path path, MemorySegment header, String kind, int newestVersion) {
        String found =
                ascii(header.asSlice(SectionFileLayout.KIND_OFFSET, SectionFileLayout.KIND_LENGTH));
        if (!found.equals(kind.strip())) {
            throw MillraceException.corrupt(
                    path, "another kind of file: expected=%s, actual=%s", kind.strip(), found);
        }
        int version = header.get(INT, SectionFileLayout.VERSION_OFFSET);
        if (version < 1 || version > newestVersion) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown version of a %s file: file=%s, version=%d, newest known=%d; use a"
                            + " newer millrace",
                    found,
                    path,
                    version,
                    newestVersion);
        }
        return version;
    }

    private static List<Section> sections(
            Path path, MemorySegment table, int count, int blockBytes, long end) {
        List<Section> sections = new ArrayList<>(count);
        Set<String> names = new HashSet<>();
        long offset = SectionFileLayout.HEADER_LENGTH;
        int block = 0;
        for (int i = 0; i < count; i++) {
            MemorySegment entry =
                    table.asSlice(
                            (long) i * SectionFileLayout.ENTRY_LENGTH,
                            SectionFileLayout.ENTRY_LENGTH);
            String name = ascii(entry.asSlice(0, SectionFileLayout.ENTRY_NAME_LENGTH));
            long start = entry.get(LONG, SectionFileLayout.ENTRY_OFFSET_OFFSET);
            long length = entry.get(LONG, SectionFileLayout.ENTRY_LENGTH_OFFSET);
            if (start != offset || length < 0 || length > end - offset) {
                throw MillraceException.corrupt(
                        path,
                        "section out of place: section=%s, offset=%d, expected=%d, length=%d,"
                                + " limit=%d",
                        name,
                        start,
                        offset,
                        length,
                        end - offset);
            }
            if (!names.add(name)) {
                throw MillraceException.corrupt(path, "section twice: section=%s", name);
            }
            Section section = new Section(name, offset, length, block);
            sections.add(section);
            block += section.blocks(blockBytes);
            offset = section.end();
        }
        if (offset != end) {
            throw MillraceException.corrupt(
                    path, "place of the table: offset=%d, expected=%d", end, offset);
        }
        return sections;
    }

    private static void checkSum(Path path, String what, int expected, MemorySegment bytes) {
        int actual = Checksums.crc32c(bytes);
        if (expected != actual) {
            throw MillraceException.corrupt(
                    path, "%s checksum: expected=%08x, actual=%08x", what, expected, actual);
        }
    }

    private static MemorySegment read(Path path, FileChannel channel, long offset, int length)
            throws IOException {
        byte[] bytes = new byte[length];
        readFully(path, channel, ByteBuffer.wrap(bytes), offset);
        return MemorySegment.ofArray(bytes);
    }

    /** Fills a buffer from a place in the file. */
    static void readFully(Path path, FileChannel channel, ByteBuffer buffer, long offset)
            throws IOException {
        long position = offset;
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer, position);
            if (count < 0) {
                throw MillraceException.corrupt(
                        path, "it became shorter while it was read: length=%d", position);
            }
            position += count;
        }
    }

    private static String ascii(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII).strip();
    }
}
