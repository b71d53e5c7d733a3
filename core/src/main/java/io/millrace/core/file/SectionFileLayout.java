package io.millrace.core.file;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Where things stand in a section file: a header, the sections, and behind them a table that says
 * where each section lies and what the checksum of each of its blocks is. Little-endian throughout;
 * sections start on 4 KiB so that they can be used as they are, mapped or read.
 *
 * <pre>
 *   header, 4096 bytes
 *      0   8  magic "MILLRACE"
 *      8   4  version of the container, {@value #CONTAINER_VERSION}
 *     12   4  length of a block in bytes, a power of two from 4096
 *     16   8  kind, ASCII, as in "HNSWIDX " (padded with blanks)
 *     24   4  version of the kind's format, from 1
 *     28   4  count of sections
 *     32   8  offset of the table from the start of the file
 *     40   8  length of the whole file in bytes
 *     48   4  CRC32C of the table
 *     52      zero
 *   4092   4  CRC32C of bytes 0..4091
 *
 *   sections, each on the next multiple of 4096, its last page filled up with zeros
 *
 *   table, on the next multiple of 4096, up to the end of the file
 *      40 bytes a section, in the order of the file:
 *           0  24  name, ASCII (padded with blanks)
 *          24   8  offset of the section from the start of the file
 *          32   8  length in bytes, without the filling
 *       4 bytes a block: its CRC32C, block after block of section after section
 * </pre>
 *
 * A block is that many bytes of one section; the last of a section is shorter and ends with the
 * section's last page. An empty section has no block and no page. So every byte of the file is
 * under one checksum: that of the header, of a block or of the table.
 *
 * <p>A file with a section "ids" of 5,000 bytes and an empty section "none", in blocks of 1 MiB:
 * header 0..4095; section ids 4096..9095, zeros to 12287, one block of 8,192 bytes; section none at
 * 12288, length 0, no block; table 12288..12371 (two entries of 40 bytes, one checksum), length of
 * the file 12372.
 *
 * <p>A block of zeros may be a hole in the file.
 */
final class SectionFileLayout {
    static final long MAGIC = 0x4543_4152_4C4C_494DL;
    static final int CONTAINER_VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int CONTAINER_VERSION_OFFSET = 8;
    static final int BLOCK_BYTES_OFFSET = 12;
    static final int KIND_OFFSET = 16;
    static final int KIND_LENGTH = 8;
    static final int VERSION_OFFSET = 24;
    static final int SECTION_COUNT_OFFSET = 28;
    static final int TABLE_OFFSET_OFFSET = 32;
    static final int FILE_LENGTH_OFFSET = 40;
    static final int TABLE_CHECKSUM_OFFSET = 48;
    static final int HEADER_CHECKSUM_OFFSET = 4092;
    static final int HEADER_LENGTH = 4096;

    static final int ENTRY_NAME_LENGTH = 24;
    static final int ENTRY_OFFSET_OFFSET = 24;
    static final int ENTRY_LENGTH_OFFSET = 32;
    static final int ENTRY_LENGTH = 40;
    static final int CHECKSUM_LENGTH = 4;

    static final int ALIGNMENT = 4096;
    static final int MAX_SECTIONS = 1 << 16;
    static final int MAX_BLOCKS = 1 << 28;

    /** Length of a block in files that are written now: it fits a core's own cache. */
    static final int BLOCK_BYTES = 1 << 20;

    static final int MAX_BLOCK_BYTES = 1 << 30;

    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SectionFileLayout() {}

    /** The next multiple of {@link #ALIGNMENT}; only for offsets inside of a file. */
    static long align(long offset) {
        return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    static boolean isBlockLength(int bytes) {
        return bytes >= ALIGNMENT && bytes <= MAX_BLOCK_BYTES && Integer.bitCount(bytes) == 1;
    }
}
