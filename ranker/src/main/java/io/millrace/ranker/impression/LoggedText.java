package io.millrace.ranker.impression;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Texts of records. */
final class LoggedText {
    private LoggedText() {}

    /** A text of UTF-8; what is none of it stands for itself by a replacement. */
    static String at(MemorySegment memory, long offset, int bytes) {
        if (bytes == 0) {
            return "";
        }
        byte[] text = new byte[bytes];
        MemorySegment.copy(memory, ImpressionLayout.BYTE, offset, text, 0, bytes);
        return new String(text, StandardCharsets.UTF_8);
    }
}
