package io.millrace.core.log;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Where things stand in a file of a log: a header, then records up to the end. Little-endian
 * throughout; header and records each fill whole multiples of eight bytes.
 *
 * <pre>
 *   header
 *      0   8  magic "MILLRLOG"
 *      8   4  version of the container, {@value #CONTAINER_VERSION}
 *     12   4  version of the kind's format, from 1
 *     16   8  kind, ASCII, as in "IMPRESSN" (padded with blanks)
 *     24   8  when the file was begun, milliseconds since 1970 UTC
 *     32   4  length of the description in bytes
 *     36   4  CRC32C of bytes 0..35
 *     40   4  CRC32C of all from 44 on
 *     44   4  zero
 *     48      description, UTF-8, filled up with zeros
 *
 *   record
 *      0   4  mark "RECO"
 *      4   4  length of the content in bytes, above 0
 *      8   4  number of the record in its file, from 0
 *     12   4  CRC32C of bytes 4..11 and of all from 16 on
 *     16      content, filled up with zeros
 * </pre>
 *
 * So every byte of a record is under its checksum, but for the mark, whose value is known, and the
 * checksum itself. Where a record is damaged, the next one is found by its mark, and the numbers
 * tell how many are missing.
 *
 * <p>A file with the description "{}" and records of 5 and 8 bytes: header 0..55, the first record
 * 56..79 (content 72..76, zeros to 79), the second 80..103, length of the file 104.
 */
final class LogLayout {
    static final long MAGIC = 0x474F_4C52_4C4C_494DL;
    static final int CONTAINER_VERSION = 1;

    static final int MAGIC_OFFSET = 0;
    static final int CONTAINER_VERSION_OFFSET = 8;
    static final int VERSION_OFFSET = 12;
    static final int KIND_OFFSET = 16;
    static final int KIND_LENGTH = 8;
    static final int BEGUN_OFFSET = 24;
    static final int DESCRIPTION_LENGTH_OFFSET = 32;
    static final int HEADER_CHECKSUM_OFFSET = 36;
    static final int DESCRIPTION_CHECKSUM_OFFSET = 40;
    static final int DESCRIPTION_OFFSET = 48;
    static final int MAX_DESCRIPTION_BYTES = 1 << 20;

    static final int MARK = 0x4F43_4552;
    static final int LENGTH_OFFSET = 4;
    static final int NUMBER_OFFSET = 8;
    static final int CHECKSUM_OFFSET = 12;
    static final int CONTENT_OFFSET = 16;

    static final int ALIGNMENT = 8;

    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LogLayout() {}

    /** The next multiple of {@link #ALIGNMENT}. */
    static long align(long bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Bytes of a header with its filling. */
    static long headerBytes(int descriptionBytes) {
        return align(DESCRIPTION_OFFSET + (long) descriptionBytes);
    }

    /** Bytes of a record with its filling. */
    static long recordBytes(int contentBytes) {
        return align(CONTENT_OFFSET + (long) contentBytes);
    }
}
