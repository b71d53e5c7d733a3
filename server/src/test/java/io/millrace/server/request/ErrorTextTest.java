package io.millrace.server.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ErrorTextTest {
    @Test
    void shouldWriteNumbersLikeJavaWhenAppended() {
        long[] values = {0, 1, -1, 9, 10, 99, 100, -12345, Long.MAX_VALUE, Long.MIN_VALUE};
        for (long value : values) {
            assertEquals("v=" + value, new ErrorText().append("v=").append(value).toString());
        }
    }

    @Test
    void shouldCutAndReplaceWhenTextDoesNotFit() {
        assertEquals("a?b", new ErrorText().append("a\u00e9b").toString());
        assertEquals(512, new ErrorText().append("x".repeat(1_000)).length());
        ErrorText full = new ErrorText().append("x".repeat(511));
        assertEquals(511, full.append(12).length());
        assertEquals("y", full.clear().append("y").toString());
    }
}
