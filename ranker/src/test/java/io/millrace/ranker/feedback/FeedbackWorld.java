package io.millrace.ranker.feedback;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.ItemRowMirror;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Users with histories of different lengths, items with creators and tags, made-up events. */
final class FeedbackWorld {
    static final int ITEMS = 40;
    static final int CREATORS = 5;
    static final long HALF_LIFE_MS = 64 * 60_000;
    static final long BEGIN_MS = 1_700_000_000_000L / HALF_LIFE_MS * HALF_LIFE_MS;

    /** Names of the histories and how long they get. */
    static final Map<String, Integer> LENGTHS = Map.of("watched", 6, "long_watched", 4, "liked", 1);

    static final CountingPlan PLAN = new CountingPlan(List.of("creator", "tags"), HALF_LIFE_MS);

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
        fields.add(
                FeatureField.categorical(
                        FeatureScope.ITEM,
                        "item_id",
                        ITEMS + FeatureField.FIRST,
                        FeatureField.ITEM_TABLE));
        fields.add(FeatureField.tags(FeatureScope.ITEM, "tags", 9, 3));
        fields.add(FeatureField.numeric(FeatureScope.ITEM, "duration", 0, 1));
        fields.add(FeatureField.categorical(FeatureScope.ITEM, "creator", CREATORS));
        return new FeatureSchema(FeatureSchema.FORMAT, "feedback", 0, fields, Map.of());
    }

    /** Ids of an item's creator and of its tags. Some creators are missing, some tags unseen. */
    private static int creator(int ordinal) {
        return ordinal % CREATORS;
    }

    private static int[] tags(int ordinal) {
        return switch (ordinal % 4) {
            case 0 -> new int[0];
            case 1 -> new int[] {2 + ordinal % 7};
            case 2 -> new int[] {FeatureField.UNSEEN, 8};
            default -> new int[] {3, 2, 7};
        };
    }

    /** Rows of the items; to be closed by the caller. */
    static ItemRowMirror items() {
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), ITEMS)) {
            for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
                rows.append(itemId(ordinal));
                rows.category(SCHEMA.field("item_id"), ordinal + FeatureField.FIRST);
                rows.category(SCHEMA.field("creator"), creator(ordinal));
                int[] tags = tags(ordinal);
                rows.values(SCHEMA.field("tags"), tags, 0, tags.length);
            }
            try (RowTable table = rows.build()) {
                return ItemRowMirror.of(table);
            }
        }
    }

    /** All items. */
    static IntStream ordinals() {
        return IntStream.range(0, ITEMS);
    }

    private static long itemId(int ordinal) {
        return 900 + 2L * ordinal;
    }

    /** What an event with an item counts for. */
    static List<String> countedAs(int ordinal) {
        List<String> names = new ArrayList<>();
        names.add("all 0");
        names.add("item " + itemId(ordinal));
        if (creator(ordinal) >= FeatureField.FIRST) {
            names.add("creator " + creator(ordinal));
        }
        for (int tag : tags(ordinal)) {
            if (tag >= FeatureField.FIRST) {
                names.add("tags " + tag);
            }
        }
        return names;
    }

    static EventCounters openCounters(Path folder, ItemRowMirror items) {
        return EventCounters.open(folder, SCHEMA, items, PLAN, null);
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
