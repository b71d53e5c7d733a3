package io.millrace.core.journal;

import io.millrace.core.error.MillraceException;
import io.millrace.core.log.LogKind;

import java.nio.file.Path;

/**
 * A journal that is to be opened.
 *
 * @param folder where its files stand; made when missing
 * @param kind what its entries are, with the version of their format
 * @param entryBytes length of the longest entry
 * @param fileBytes length at which a new file is begun
 * @param capacity how many entries may wait to be written
 */
public record JournalPlan(Path folder, LogKind kind, int entryBytes, long fileBytes, int capacity) {
    /** What is read at a start is mapped file by file, each with offsets of 31 bits. */
    private static final long MOST_BYTES = 1 << 30;

    /** Validates. */
    public JournalPlan {
        requireInRange("entryBytes", entryBytes);
        requireInRange("fileBytes", fileBytes);
        requireInRange("capacity", capacity);
    }

    private static void requireInRange(String name, long value) {
        if (value < 1 || value > MOST_BYTES) {
            throw MillraceException.usage(
                    "size of a journal out of range: %s=%d, least=1, limit=%d",
                    name, value, MOST_BYTES);
        }
    }
}
