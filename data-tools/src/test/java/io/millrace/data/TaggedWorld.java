package io.millrace.data;

import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Two data sets that say the same: one with tags of whole weights, the other with each tag as often
 * as it weighs. Means, gradients and whatever is learnt from them differ by rounding only.
 */
public final class TaggedWorld {
    private static final int USERS = 30;
    private static final int ITEMS = 60;
    private static final int EVENTS = 600;
    private static final int TAGS = 12;
    private static final int MOST_TAGS = 12;
    private static final int HISTORY = 6;
    private static final FeatureField WATCHED =
            FeatureField.itemSequence("watched", ITEMS + FeatureField.FIRST, HISTORY);
    private static final FeatureField LONG_WATCHED =
            FeatureField.itemSequence("long_watched", ITEMS + FeatureField.FIRST, HISTORY);
    private static final FeatureField ITEM_ID =
            FeatureField.categorical(
                    FeatureScope.ITEM,
                    "item_id",
                    ITEMS + FeatureField.FIRST,
                    FeatureField.ITEM_TABLE);
    private static final FeatureField LISTED =
            FeatureField.tags(FeatureScope.ITEM, "tags", TAGS, MOST_TAGS);
    private static final FeatureField WEIGHTED =
            FeatureField.weightedTags(FeatureScope.ITEM, "tags", TAGS, MOST_TAGS);

    private TaggedWorld() {}

    /** Writes the data set with weights. */
    public static void writeWeighted(Path path) {
        write(path, WEIGHTED, RowTable.Builder::weightedTags);
    }

    /** Writes the data set with tags that stand there several times. */
    public static void writeListed(Path path) {
        write(
                path,
                LISTED,
                (rows, field, tags, weights) -> {
                    int[] listed = new int[MOST_TAGS];
                    int count = 0;
                    for (int i = 0; i < tags.length; i++) {
                        Arrays.fill(listed, count, count + (int) weights[i], tags[i]);
                        count += (int) weights[i];
                    }
                    rows.values(field, listed, 0, count);
                });
    }

    private interface TagWriter {
        void write(RowTable.Builder rows, FeatureField field, int[] tags, float[] weights);
    }

    private static void write(Path path, FeatureField field, TagWriter tags) {
        FeatureSchema schema =
                new FeatureSchema(
                        FeatureSchema.FORMAT,
                        "tagged",
                        0,
                        List.of(WATCHED, LONG_WATCHED, ITEM_ID, field),
                        Map.of());
        try (DatasetWriter writer = DatasetWriter.create(path, false);
                RowTable users = users(schema);
                RowTable items = items(schema, field, tags);
                InteractionTable.Builder events = InteractionTable.builder(EVENTS, schema)) {
            SplitRandom random = new SplitRandom(5);
            for (int i = 0; i < EVENTS; i++) {
                int item = random.nextInt(ITEMS);
                events.setImpression(i, random.nextInt(USERS), item, i);
                boolean isClick = item % 3 == 0 ^ random.nextInt(5) == 0;
                events.setOutcome(i, isClick, isClick, false, 0);
            }
            writer.writeSchema(schema);
            writer.writeRows(DatasetLayout.USERS, users);
            writer.writeRows(DatasetLayout.ITEMS, items);
            writer.writeEvents(DatasetLayout.TRAIN, events);
            writer.writeEvents(DatasetLayout.TEST, events);
            writer.commit(
                    "tagged", "test", new DatasetWriter.Counts(USERS, ITEMS, EVENTS, EVENTS), null);
        }
    }

    private static RowTable users(FeatureSchema schema) {
        SplitRandom random = new SplitRandom(6);
        try (RowTable.Builder rows = RowTable.builder(schema.layout(FeatureScope.USER), USERS)) {
            for (int user = 0; user < USERS; user++) {
                rows.append(user);
                int[] ids = new int[HISTORY];
                Arrays.setAll(ids, i -> FeatureField.FIRST + random.nextInt(ITEMS));
                rows.values(WATCHED, ids, 0, HISTORY);
                rows.values(LONG_WATCHED, ids, 0, HISTORY / 2);
            }
            return rows.build();
        }
    }

    private static RowTable items(FeatureSchema schema, FeatureField field, TagWriter writer) {
        SplitRandom random = new SplitRandom(7);
        try (RowTable.Builder rows = RowTable.builder(schema.layout(FeatureScope.ITEM), ITEMS)) {
            for (int item = 0; item < ITEMS; item++) {
                rows.append(item);
                rows.category(ITEM_ID, FeatureField.FIRST + item);
                int[] tags = new int[item % 4];
                float[] weights = new float[tags.length];
                for (int i = 0; i < tags.length; i++) {
                    tags[i] = FeatureField.FIRST + random.nextInt(TAGS - FeatureField.FIRST);
                    weights[i] = 1 + random.nextInt(4);
                }
                writer.write(rows, field, tags, weights);
            }
            return rows.build();
        }
    }
}
