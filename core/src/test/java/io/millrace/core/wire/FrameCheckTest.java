package io.millrace.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.codec.StatusCode;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteOrder;
import java.util.Arrays;

class FrameCheckTest {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    @ParameterizedTest
    @EnumSource
    void shouldRefuseEveryCutWhenLengthIsMadeToFit(GoldenFrames golden) {
        byte[] whole = golden.encode();
        for (int bytes = FrameLayout.LENGTH_BYTES; bytes < whole.length; bytes++) {
            UnsafeBuffer cut = new UnsafeBuffer(Arrays.copyOf(whole, bytes));
            cut.putInt(0, bytes - FrameLayout.LENGTH_BYTES, ORDER);
            assertNotEquals(FrameVerdict.SOUND, FrameCheck.check(cut, 0), "cut at " + bytes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhenBytesFollow(GoldenFrames golden) {
        byte[] whole = golden.encode();
        UnsafeBuffer longer = new UnsafeBuffer(Arrays.copyOf(whole, whole.length + 1));
        longer.putInt(0, whole.length + 1 - FrameLayout.LENGTH_BYTES, ORDER);
        assertEquals(FrameVerdict.TRAILING_BYTES, FrameCheck.check(longer, 0));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNeverReadOutsideWhenBytesAreChanged(GoldenFrames golden) {
        byte[] whole = golden.encode();
        long seed = golden.name().hashCode();
        SplitRandom random = new SplitRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            byte[] changed = whole.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at =
                        FrameLayout.HEADER_OFFSET
                                + random.nextInt(changed.length - FrameLayout.HEADER_OFFSET);
                changed[at] = (byte) random.nextInt(256);
            }
            // The buffer ends where the frame does: a read outside throws.
            FrameCheck.check(new UnsafeBuffer(changed), 0);
        }
    }

    @Test
    void shouldNameTheTroubleWhenHeaderIsNotOurs() {
        UnsafeBuffer frame = new UnsafeBuffer(GoldenFrames.PING.encode());
        frame.putShort(FrameLayout.HEADER_OFFSET + 6, (short) 8, ORDER);
        assertEquals(FrameVerdict.UNKNOWN_VERSION, FrameCheck.check(frame, 0));
        frame.putShort(FrameLayout.HEADER_OFFSET + 6, (short) 0, ORDER);
        assertEquals(FrameVerdict.UNKNOWN_VERSION, FrameCheck.check(frame, 0));
        frame.putShort(FrameLayout.HEADER_OFFSET + 6, (short) 1, ORDER);
        frame.putShort(FrameLayout.HEADER_OFFSET + 4, (short) 99, ORDER);
        assertEquals(FrameVerdict.FOREIGN_SCHEMA, FrameCheck.check(frame, 0));
        frame.putShort(FrameLayout.HEADER_OFFSET + 4, (short) 7311, ORDER);
        for (int template :
                new int[] {0, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 18, 19, 21, 22, 65_535}) {
            frame.putShort(FrameLayout.HEADER_OFFSET + 2, (short) template, ORDER);
            assertEquals(FrameVerdict.UNKNOWN_MESSAGE, FrameCheck.check(frame, 0));
        }
        frame.putInt(0, 15, ORDER);
        assertEquals(FrameVerdict.TOO_SHORT, FrameCheck.check(frame, 0));
    }

    @Test
    void shouldRefuseWhatTheVersionDoesNotHave() {
        UnsafeBuffer feedback = new UnsafeBuffer(GoldenFrames.FEEDBACK_REQUEST.encode());
        feedback.putShort(FrameLayout.HEADER_OFFSET + 6, (short) 1, ORDER);
        assertEquals(FrameVerdict.UNKNOWN_MESSAGE, FrameCheck.check(feedback, 0));
        UnsafeBuffer history = new UnsafeBuffer(GoldenFrames.RECOMMEND_REQUEST_HISTORY.encode());
        history.putShort(FrameLayout.HEADER_OFFSET + 6, (short) 1, ORDER);
        assertEquals(FrameVerdict.TRAILING_BYTES, FrameCheck.check(history, 0));
        assertUnknownBefore(3, GoldenFrames.RANK_REQUEST);
        assertUnknownBefore(3, GoldenFrames.COLUMNS_REQUEST);
        assertUnknownBefore(3, GoldenFrames.COLUMNS_RESPONSE);
        assertUnknownBefore(4, GoldenFrames.SCOPE_COLUMNS_REQUEST);
        assertUnknownBefore(4, GoldenFrames.UPSERT_REQUEST);
        assertUnknownBefore(4, GoldenFrames.DELETE_REQUEST);
        assertUnknownBefore(4, GoldenFrames.UPDATE_REQUEST);
        assertUnknownBefore(5, GoldenFrames.AUTH_REQUEST);
        assertUnknownBefore(6, GoldenFrames.EXPLAIN_REQUEST);
        assertUnknownBefore(6, GoldenFrames.EXPLAIN_RESPONSE);
        assertUnknownBefore(7, GoldenFrames.STATS_REQUEST);
        assertUnknownBefore(7, GoldenFrames.STATS_RESPONSE);
        // A frame of version 2 has the group, be it empty.
        UnsafeBuffer none = new UnsafeBuffer(GoldenFrames.RECOMMEND_REQUEST.encode());
        none.putShort(FrameLayout.HEADER_OFFSET + 6, (short) 2, ORDER);
        assertEquals(FrameVerdict.TRUNCATED, FrameCheck.check(none, 0));
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "RECOMMEND_REQUEST_WISHES",
                "SIMILAR_REQUEST_WISHES",
                "SEARCH_REQUEST_WISHES",
                "FEEDBACK_REQUEST_KEY",
                "RANK_REQUEST_KEY",
                "EXPLAIN_REQUEST_FILTER",
                "RESULT_RESPONSE_TRACE"
            })
    void shouldRefuseWishesBeforeTheirVersion(GoldenFrames golden) {
        UnsafeBuffer frame = new UnsafeBuffer(golden.encode());
        frame.putShort(FrameLayout.HEADER_OFFSET + 6, (short) 6, ORDER);
        assertEquals(FrameVerdict.TRAILING_BYTES, FrameCheck.check(frame, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"SIMILAR_REQUEST", "SEARCH_REQUEST", "RANK_REQUEST", "RESULT_RESPONSE"})
    void shouldWantAllDataOfTheVersionOfAFrame(GoldenFrames golden) {
        UnsafeBuffer frame = new UnsafeBuffer(golden.encode());
        frame.putShort(FrameLayout.HEADER_OFFSET + 6, (short) 7, ORDER);
        assertEquals(FrameVerdict.TRUNCATED, FrameCheck.check(frame, 0));
    }

    private static void assertUnknownBefore(int version, GoldenFrames golden) {
        UnsafeBuffer frame = new UnsafeBuffer(golden.encode());
        frame.putShort(FrameLayout.HEADER_OFFSET + 6, (short) (version - 1), ORDER);
        assertEquals(FrameVerdict.UNKNOWN_MESSAGE, FrameCheck.check(frame, 0));
    }

    @Test
    void shouldAcceptLongerBlockWhenFieldsWereAppended() {
        byte[] ping = GoldenFrames.PING.encode();
        UnsafeBuffer frame = new UnsafeBuffer(Arrays.copyOf(ping, ping.length + 4));
        frame.putInt(0, ping.length, ORDER);
        frame.putShort(FrameLayout.HEADER_OFFSET, (short) 12, ORDER);
        assertEquals(FrameVerdict.SOUND, FrameCheck.check(frame, 0));
    }

    @Test
    void shouldAgreeWithSchemaWhenStatusGoesToTheWireAndBack() {
        assertEquals(StatusCode.values().length - 1, Status.values().length);
        for (Status status : Status.values()) {
            assertEquals(status.name(), status.wire().name());
            assertEquals(status, Status.of(status.code()));
        }
        assertEquals(Status.INTERNAL, Status.of(200));
        assertEquals(Status.INTERNAL, Status.of(-1));
    }

    @Test
    void shouldTellWhenVectorIsNotFinite() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[VectorBytes.of(3)]);
        for (float bad :
                new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int at = 0; at < 3; at++) {
                float[] vector = {1, 2, 3};
                vector[at] = bad;
                VectorBytes.put(vector, buffer, 0);
                assertFalse(VectorBytes.get(buffer, 0, new float[3]));
            }
        }
    }

    @Test
    void shouldFitExactlyWhenResultHasTheRoomReserved() {
        assertEquals(
                GoldenFrames.RESULT_RESPONSE_TRACE.encode().length,
                WireLimits.resultFrameBytes(1) - WireLimits.MAX_MESSAGE_BYTES);
    }
}
