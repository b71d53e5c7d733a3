package io.millrace.core.file;

import static io.millrace.core.file.SectionFileLayout.INT;
import static io.millrace.core.file.SectionFileLayout.LONG;

import java.lang.foreign.MemorySegment;

/** Makes checksums and length of a changed section file fit, as far as its table can be read. */
public final class SectionRepair {
    private SectionRepair() {}

    /** The same bytes with other checksums. */
    public static byte[] repaired(byte[] input) {
        if (input.length < SectionFileLayout.HEADER_LENGTH) {
            return input;
        }
        MemorySegment file = MemorySegment.ofArray(input);
        file.set(LONG, SectionFileLayout.FILE_LENGTH_OFFSET, input.length);
        long table = file.get(LONG, SectionFileLayout.TABLE_OFFSET_OFFSET);
        if (table >= SectionFileLayout.HEADER_LENGTH && table <= input.length) {
            repairBlocks(file, table);
            file.set(
                    INT,
                    SectionFileLayout.TABLE_CHECKSUM_OFFSET,
                    Checksums.crc32c(file.asSlice(table)));
        }
        file.set(
                INT,
                SectionFileLayout.HEADER_CHECKSUM_OFFSET,
                Checksums.crc32c(file.asSlice(0, SectionFileLayout.HEADER_CHECKSUM_OFFSET)));
        return input;
    }

    private static void repairBlocks(MemorySegment file, long table) {
        int count = file.get(INT, SectionFileLayout.SECTION_COUNT_OFFSET);
        int blockBytes = file.get(INT, SectionFileLayout.BLOCK_BYTES_OFFSET);
        long checksum = table + (long) count * SectionFileLayout.ENTRY_LENGTH;
        if (count < 0 || checksum > file.byteSize() || blockBytes <= 0) {
            return;
        }
        for (int i = 0; i < count; i++) {
            long entry = table + (long) i * SectionFileLayout.ENTRY_LENGTH;
            long offset = file.get(LONG, entry + SectionFileLayout.ENTRY_OFFSET_OFFSET);
            long length = file.get(LONG, entry + SectionFileLayout.ENTRY_LENGTH_OFFSET);
            if (offset < 0 || length < 0 || length > table || offset > table - length) {
                return;
            }
            long end = Math.min(table, SectionFileLayout.align(offset + length));
            for (long at = offset; at < end; at += blockBytes) {
                if (checksum > file.byteSize() - SectionFileLayout.CHECKSUM_LENGTH) {
                    return;
                }
                long bytes = Math.min(blockBytes, end - at);
                file.set(INT, checksum, Checksums.crc32c(file.asSlice(at, bytes)));
                checksum += SectionFileLayout.CHECKSUM_LENGTH;
            }
        }
    }
}
