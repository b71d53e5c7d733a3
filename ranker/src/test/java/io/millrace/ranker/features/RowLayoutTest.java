package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ranker.AllocationProbe;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

final class RowLayoutTest {
    private final FeatureSchema schema = Schemas.small();
    private final RowLayout items = schema.layout(FeatureScope.ITEM);

    @Test
    void shouldPutFieldsOneBehindTheOtherWhenLaidOut() {
        assertEquals(0, items.slotOf(schema.field("item")));
        assertEquals(1, items.slotOf(schema.field("creator")));
        assertEquals(2, items.slotOf(schema.field("duration")));
        assertEquals(3, items.slotOf(schema.field("tag")));
        assertEquals(3, items.slotOf(3));
        assertEquals(64, items.rowBytes());
    }

    @Test
    void shouldPadToCacheLinesWhenRowsGrow() {
        for (int values = 1; values < 100; values++) {
            RowLayout layout =
                    new RowLayout(List.of(FeatureField.tags(FeatureScope.ITEM, "t", 9, values)));
            assertEquals(0, layout.rowBytes() % 64);
            assertTrue(layout.rowBytes() >= 4 * (1 + values));
            assertTrue(layout.rowBytes() < 4 * (1 + values) + 64);
        }
        assertEquals(64, new RowLayout(List.of()).rowBytes());
    }

    @Test
    void shouldTouchItsOwnRowOnlyWhenCleared() {
        MemorySegment rows = Arena.ofAuto().allocate(3 * 64);
        rows.fill((byte) 7);
        items.clear(rows, 64);
        for (int at = 0; at < 64; at++) {
            assertEquals(7, rows.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at));
            assertEquals(7, rows.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 128 + at));
        }
        assertTrue(Float.isNaN(rows.get(RowLayout.FLOAT, 64 + 4 * 2)));
        for (int slot = 0; slot < 16; slot++) {
            if (slot != 2) {
                assertEquals(0, rows.get(RowLayout.INT, 64 + 4L * slot));
            }
        }
        assertEquals(-1, items.firstBadField(rows, 64));
    }

    @Test
    void shouldNameTheFieldWhenAValueCannotBe() {
        // slot, bad bits, field that is then wrong
        int[][] cases = {
            {0, 102, 0},
            {0, -1, 0},
            {1, 12, 1},
            {2, Float.floatToRawIntBits(Float.POSITIVE_INFINITY), 2},
            {2, Float.floatToRawIntBits(Float.NEGATIVE_INFINITY), 2},
            {3, 4, 3},
            {3, -1, 3},
            {4, 6, 3},
            {5, -3, 3},
        };
        for (int[] bad : cases) {
            MemorySegment row = Arena.ofAuto().allocate(64);
            items.clear(row, 0);
            row.set(RowLayout.INT, 4 * 3, 2);
            assertEquals(-1, items.firstBadField(row, 0));
            row.set(RowLayout.INT, 4L * bad[0], bad[1]);
            assertEquals(bad[2], items.firstBadField(row, 0), "slot " + bad[0] + "=" + bad[1]);
        }
    }

    @Test
    void shouldTellLayoutsApartWhenRowsMeanSomethingElse() {
        long print = layoutOf("a", 5, 1).fingerprint();
        assertEquals(print, layoutOf("a", 5, 1).fingerprint());
        for (RowLayout other :
                List.of(layoutOf("b", 5, 1), layoutOf("a", 6, 1), layoutOf("a", 5, 2))) {
            assertTrue(print != other.fingerprint());
        }
    }

    @Test
    void shouldAllocateNothingWhenRowsAreClearedAndChecked() {
        MemorySegment rows = Arena.ofAuto().allocate(128);
        int[] sum = new int[1];
        assertEquals(
                0,
                AllocationProbe.leastBytes(
                        2_000,
                        () -> {
                            items.clear(rows, 64);
                            sum[0] += items.firstBadField(rows, 64);
                        }));
    }

    private static RowLayout layoutOf(String name, int cardinality, int maxValues) {
        FeatureSchema one =
                new FeatureSchema(
                        FeatureSchema.FORMAT,
                        "one",
                        0,
                        List.of(FeatureField.tags(FeatureScope.ITEM, name, cardinality, maxValues)),
                        Map.of());
        return one.layout(FeatureScope.ITEM);
    }
}
