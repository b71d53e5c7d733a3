package io.millrace.core.log;

import static io.millrace.core.log.LogLayout.INT;

import io.millrace.core.file.Checksums;

import java.lang.foreign.MemorySegment;

/** Makes the checksums of a changed file of a log fit, as far as its lengths can be read. */
public final class LogRepair {
    private LogRepair() {}

    /** The same bytes with other checksums. */
    public static byte[] repaired(byte[] input) {
        if (input.length < LogLayout.DESCRIPTION_OFFSET) {
            return input;
        }
        MemorySegment file = MemorySegment.ofArray(input);
        int head = LogLayout.HEADER_CHECKSUM_OFFSET;
        file.set(INT, head, Checksums.crc32c(file.asSlice(0, head)));
        long at = LogLayout.headerBytes(file.get(INT, LogLayout.DESCRIPTION_LENGTH_OFFSET));
        int behind = LogLayout.DESCRIPTION_CHECKSUM_OFFSET + Integer.BYTES;
        if (at < behind || at > input.length) {
            return input;
        }
        int description = Checksums.crc32c(file.asSlice(behind, at - behind));
        file.set(INT, LogLayout.DESCRIPTION_CHECKSUM_OFFSET, description);
        while (at + LogLayout.CONTENT_OFFSET <= input.length) {
            int contentBytes = file.get(INT, at + LogLayout.LENGTH_OFFSET);
            long next = at + LogLayout.recordBytes(contentBytes);
            if (contentBytes <= 0 || next > input.length) {
                at += LogLayout.ALIGNMENT;
                continue;
            }
            byte[] summed = new byte[(int) (next - at) - 8];
            MemorySegment target = MemorySegment.ofArray(summed);
            MemorySegment.copy(file, at + LogLayout.LENGTH_OFFSET, target, 0, 8);
            long content = at + LogLayout.CONTENT_OFFSET;
            MemorySegment.copy(file, content, target, 8, next - content);
            file.set(INT, at + LogLayout.CHECKSUM_OFFSET, Checksums.crc32c(target));
            at = next;
        }
        return input;
    }
}
