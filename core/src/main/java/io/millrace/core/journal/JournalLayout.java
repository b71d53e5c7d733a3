package io.millrace.core.journal;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * What a journal keeps in the files of a log. The description of a file is JSON, {@code {"first":
 * 101}}: the sequence of its first entry, so entry {@code n} of the file has the sequence {@code
 * 101 + n}. The next file says where this one ends, whatever stands behind that in this one.
 *
 * <pre>
 *   content of a record, little-endian
 *      0   8  the last sequence that was known to be on the disk when this was written
 *      8      the entry
 * </pre>
 *
 * <p>An entry of the bytes "ab" that is the second of a group written after sequence 100 stands in
 * a record of 10 bytes: 64 00 00 00 00 00 00 00 61 62.
 */
final class JournalLayout {
    static final int SETTLED_OFFSET = 0;
    static final int ENTRY_OFFSET = Long.BYTES;

    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private JournalLayout() {}

    static String description(long first) {
        return "{\"first\": " + first + "}";
    }

    /** Reads the first sequence out of a description. */
    static long first(String description, Path file) {
        long first;
        try {
            first = Json.mapper().readTree(description).path("first").asLong();
        } catch (JsonProcessingException e) {
            first = 0;
        }
        if (first < 1) {
            throw MillraceException.corrupt(file, "no first sequence: description=%s", description);
        }
        return first;
    }
}
