package io.millrace.core.file;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Where things stand in a section file. Little-endian throughout; sections start on 4 KiB so that
 * they can be mapped as they are.
 *
 * <pre>
 *   0   8  magic "MILLRACE"
 *   8   8  kind, 8 ASCII characters, as in "HNSWIDX " (padded with blanks)
 *  16   4  version of the kind's format, from 1
 *  20   4  count of sections
 *  24   8  length of the whole file in bytes
 *  32   4  CRC32C of the table
 *  36   4  CRC32C of bytes 0..35
 *  40  24  zero
 *  64      table, 48 bytes a section:
 *           0  24  name, ASCII, padded with blanks
 *          24   8  offset of the section from the start of the file
 *          32   8  length in bytes
 *          40   4  CRC32C of the section
 *          44   4  zero
 *  then the sections in the order of the table, each on the next multiple of 4096, gaps zero
 * </pre>
 *
 * A file with one section "ids" of 12 bytes: header 0..63, table 64..111, zeros to 4095, section
 * 4096..4107, length 4108.
 */
final class SectionFileLayout {
    static final long MAGIC = 0x4543_4152_4C4C_494DL;
    static final int KIND_OFFSET = 8;
    static final int KIND_LENGTH = 8;
    static final int VERSION_OFFSET = 16;
    static final int SECTION_COUNT_OFFSET = 20;
    static final int FILE_LENGTH_OFFSET = 24;
    static final int TABLE_CHECKSUM_OFFSET = 32;
    static final int HEADER_CHECKSUM_OFFSET = 36;
    static final int HEADER_LENGTH = 64;

    static final int ENTRY_LENGTH = 48;
    static final int ENTRY_NAME_LENGTH = 24;
    static final int ENTRY_OFFSET_OFFSET = 24;
    static final int ENTRY_LENGTH_OFFSET = 32;
    static final int ENTRY_CHECKSUM_OFFSET = 40;

    static final int ALIGNMENT = 4096;
    static final int MAX_SECTIONS = (ALIGNMENT - HEADER_LENGTH) / ENTRY_LENGTH;

    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SectionFileLayout() {}

    static long align(long offset) {
        return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
