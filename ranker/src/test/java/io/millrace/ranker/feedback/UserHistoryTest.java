package io.millrace.ranker.feedback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

final class UserHistoryTest {
    private static final int ROW_BYTES = FeedbackWorld.LAYOUT.rowBytes();

    private final MemorySegment rows = Arena.ofAuto().allocate(3L * ROW_BYTES);
    private final UserHistory history = new UserHistory(FeedbackWorld.SCHEMA);

    @Test
    void shouldAgreeWithListsWhenEventsComeAtRandom() {
        SplitRandom random = new SplitRandom(5);
        PlainHistories expected = new PlainHistories();
        EventList events = new EventList(1);
        rows.fill((byte) 7);
        FeedbackWorld.LAYOUT.clear(rows, ROW_BYTES);
        for (int step = 0; step < 5_000; step++) {
            events.clear();
            FeedbackWorld.addRandom(events, random);
            boolean isChanged = history.add(rows, ROW_BYTES, events.kind(0), events.ordinal(0));
            assertEquals(events.kind(0).code() >= EventKind.WATCH.code(), isChanged);
            expected.apply(1, events);
            for (String name : FeedbackWorld.LENGTHS.keySet()) {
                assertEquals(expected.of(1, name), FeedbackWorld.read(rows, ROW_BYTES, name));
            }
            assertEquals(-1, FeedbackWorld.LAYOUT.firstBadField(rows, ROW_BYTES));
        }
        // Nothing was written outside of the row.
        for (int at = 0; at < ROW_BYTES; at += 4) {
            assertEquals(0x0707_0707, rows.get(RowLayout.INT, at));
            assertEquals(0x0707_0707, rows.get(RowLayout.INT, 2L * ROW_BYTES + at));
        }
    }

    @Test
    void shouldLeaveARowOfNobodyWhenCleared() {
        FeedbackWorld.LAYOUT.clear(rows, 0);
        MemorySegment empty = Arena.ofAuto().allocate(ROW_BYTES);
        FeedbackWorld.LAYOUT.clear(empty, 0);
        for (int ordinal = 0; ordinal < 9; ordinal++) {
            history.add(rows, 0, EventKind.LONG_WATCH, ordinal);
            history.add(rows, 0, EventKind.LIKE, ordinal);
        }
        assertTrue(empty.mismatch(rows.asSlice(0, ROW_BYTES)) >= 0);
        history.clear(rows, 0);
        assertEquals(-1, empty.mismatch(rows.asSlice(0, ROW_BYTES)));
    }

    @Test
    void shouldLeaveListsOfWeightsAsTheyAre() {
        FeatureField weighted = FeatureField.weightedTags(FeatureScope.USER, "watched", 9, 3);
        FeatureSchema schema =
                new FeatureSchema(
                        FeatureSchema.FORMAT,
                        "weighted",
                        0,
                        List.of(inItemTable(weighted)),
                        Map.of());
        UserHistory none = new UserHistory(schema);
        schema.layout(FeatureScope.USER).clear(rows, 0);
        assertFalse(none.add(rows, 0, EventKind.WATCH, 3));
        assertEquals(-1, schema.layout(FeatureScope.USER).firstBadField(rows, 0));
    }

    private static FeatureField inItemTable(FeatureField field) {
        return new FeatureField(
                field.name(),
                field.scope(),
                field.kind(),
                field.cardinality(),
                field.maxValues(),
                FeatureField.ITEM_TABLE,
                field.mean(),
                field.standardDeviation(),
                field.source(),
                field.servingDefault(),
                field.encoding(),
                null,
                null,
                null,
                null);
    }

    @Test
    void shouldLeaveOutHistoriesThatTheSchemaDoesNotHave() {
        FeatureSchema schema = FeedbackWorld.schema(List.of("watched"));
        UserHistory watchedOnly = new UserHistory(schema);
        schema.layout(FeatureScope.USER).clear(rows, 0);
        assertFalse(watchedOnly.add(rows, 0, EventKind.LIKE, 3));
        assertTrue(watchedOnly.add(rows, 0, EventKind.LONG_WATCH, 3));
        long at = 4L * schema.layout(FeatureScope.USER).slotOf(schema.field("watched"));
        assertEquals(1, rows.get(RowLayout.INT, at));
        assertEquals(5, rows.get(RowLayout.INT, at + 4));
    }
}
