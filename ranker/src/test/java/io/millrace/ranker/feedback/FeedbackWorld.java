package io.millrace.ranker.feedback;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Users with histories of different lengths, and made-up events. */
final class FeedbackWorld {
    static final int ITEMS = 40;

    /** Names of the histories and how long they get. */
    static final Map<String, Integer> LENGTHS = Map.of("watched", 6, "long_watched", 4, "liked", 1);

    static final FeatureSchema SCHEMA = schema(List.of("watched", "long_watched", "liked"));
    static final RowLayout LAYOUT = SCHEMA.layout(FeatureScope.USER);

    private FeedbackWorld() {}

    static FeatureSchema schema(List<String> histories) {
        List<FeatureField> fields = new ArrayList<>();
        fields.add(FeatureField.numeric(FeatureScope.USER, "activity", 0, 1));
        for (String history : histories) {
            fields.add(
                    FeatureField.itemSequence(
                            history, ITEMS + FeatureField.FIRST, lengthOf(history)));
        }
        fields.add(FeatureField.categorical(FeatureScope.USER, "age", 6));
        return new FeatureSchema(FeatureSchema.FORMAT, "feedback", 0, fields, Map.of());
    }

    /** The most items of a history. */
    static int lengthOf(String history) {
        return Objects.requireNonNull(LENGTHS.get(history));
    }

    /** Ordinals of a history, oldest first. */
    static List<Integer> read(MemorySegment row, long offset, String history) {
        long at = offset + 4L * LAYOUT.slotOf(SCHEMA.field(history));
        List<Integer> ordinals = new ArrayList<>();
        for (int i = 1; i <= row.get(RowLayout.INT, at); i++) {
            ordinals.add(row.get(RowLayout.INT, at + 4L * i) - FeatureField.FIRST);
        }
        return ordinals;
    }

    /** Of all kinds, with items that come again. */
    static void addRandom(EventList events, SplitRandom random) {
        EventKind kind = Objects.requireNonNull(EventKind.of(random.nextInt(EventKind.count())));
        float share = random.nextInt(3) == 0 ? Float.NaN : random.nextInt(30) / 10f;
        events.add(kind, Math.min(random.nextInt(ITEMS), random.nextInt(ITEMS)), share);
    }
}
