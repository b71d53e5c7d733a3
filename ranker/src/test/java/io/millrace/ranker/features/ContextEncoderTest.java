package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

final class ContextEncoderTest {
    private static final int HOUR = 0;
    private static final int DAY = 1;
    private static final int POSITION = 2;
    private static final int TAB = 3;

    private final ContextEncoder encoder = new ContextEncoder(Schemas.small());
    private final MemorySegment row = Arena.ofAuto().allocate(128);

    @Test
    void shouldAgreeWithTheCalendarWhenTimeDecides() {
        SplitRandom random = new SplitRandom(4);
        for (int round = 0; round < 20_000; round++) {
            // Half a century to both sides of 1970.
            long timestampMs = (random.nextLong() >> 22);
            OffsetDateTime local =
                    Instant.ofEpochMilli(timestampMs)
                            .atOffset(ZoneOffset.ofTotalSeconds(Schemas.CHINA_MINUTES * 60));
            int[] ids = encode(timestampMs);
            assertEquals(local.getHour() + 2, ids[HOUR], () -> local.toString());
            assertEquals(local.getDayOfWeek().getValue() - 1 + 2, ids[DAY], () -> local.toString());
        }
    }

    @Test
    void shouldTakeTheServingDefaultWhenTheRequestSaysNothing() {
        int[] ids = encode(0);
        assertEquals(0 + 2, ids[POSITION]);
        assertEquals(FeatureField.MISSING, ids[TAB]);
    }

    @Test
    void shouldBelieveTheRequestWhenItNamesAValue() {
        int[] ids = encode(0, HOUR, 5, TAB, 14, POSITION, -1, DAY, 7, TAB, 3);
        assertArrayEquals(new int[] {5 + 2, FeatureField.UNSEEN, FeatureField.MISSING, 3 + 2}, ids);
    }

    @Test
    void shouldLeaveTheRestAloneWhenAnIndexNamesNoField() {
        int[] expected = encode(0, TAB, 3);
        assertFalse(
                encoder.encodeInto(
                        0,
                        new int[] {-1, TAB, 4, Integer.MAX_VALUE},
                        new int[] {1, 3, 1, 1},
                        4,
                        row,
                        64));
        assertArrayEquals(expected, read());
    }

    @Test
    void shouldAllocateNothingWhenEncoding() {
        int[] indexes = {TAB, POSITION};
        int[] codes = {3, 4};
        assertEquals(
                0,
                AllocationProbe.leastBytes(
                        2_000,
                        () ->
                                assertTrue(
                                        encoder.encodeInto(
                                                1_650_000_000_000L, indexes, codes, 2, row, 64))));
    }

    private int[] encode(long timestampMs, int... pairs) {
        int[] indexes = new int[pairs.length / 2];
        int[] codes = new int[pairs.length / 2];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = pairs[2 * i];
            codes[i] = pairs[2 * i + 1];
        }
        row.fill((byte) 9);
        assertTrue(encoder.encodeInto(timestampMs, indexes, codes, indexes.length, row, 64));
        for (int at = 0; at < 64; at++) {
            assertEquals(9, row.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at));
        }
        for (int at = 64 + 4 * 4; at < 128; at++) {
            assertEquals(0, row.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at));
        }
        return read();
    }

    private int[] read() {
        int[] ids = new int[4];
        for (int i = 0; i < 4; i++) {
            ids[i] = row.get(RowLayout.INT, 64 + 4L * i);
        }
        return ids;
    }
}
