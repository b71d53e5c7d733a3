package io.millrace.data.eval;

import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.EmptyCounters;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A hand-made data set whose clicks follow a logistic law of known weights: of the user's mood, the
 * item's genre, the tab, the tags, a number and a rate, which is made up too.
 */
final class SmallWorld {
    static final int USERS = 60;
    static final int ITEMS = 40;
    static final int GENRES = 6;
    static final int TAGS = 5;
    static final int TABS = 3;
    static final int HISTORY = 4;

    private static final FeatureField WATCHED =
            FeatureField.itemSequence("watched", ITEMS + FeatureField.FIRST, HISTORY);
    private static final FeatureField LIKED =
            FeatureField.itemSequence("liked", ITEMS + FeatureField.FIRST, HISTORY);
    private static final FeatureField MOOD = FeatureField.categorical(FeatureScope.USER, "mood", 4);
    private static final FeatureField TAB =
            FeatureField.context("tab", TABS, ContextSource.REQUEST, 0);
    private static final FeatureField ITEM_ID =
            FeatureField.categorical(
                    FeatureScope.ITEM,
                    "item_id",
                    ITEMS + FeatureField.FIRST,
                    FeatureField.ITEM_TABLE);
    private static final FeatureField GENRE =
            FeatureField.categorical(FeatureScope.ITEM, "genre", GENRES);
    private static final FeatureField TAG = FeatureField.tags(FeatureScope.ITEM, "tags", TAGS, 3);
    private static final FeatureField LENGTH =
            FeatureField.numeric(FeatureScope.ITEM, "length", 1, 2);

    private static final FeatureField CLICKS =
            FeatureField.rate(
                    "clicks",
                    new FeatureRate(FeatureRate.Event.CLICK, "item_id", 60, 0.5f, 20),
                    0.5f,
                    0.25f);

    static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "small",
                    0,
                    List.of(WATCHED, LIKED, MOOD, TAB, ITEM_ID, GENRE, TAG, LENGTH, CLICKS),
                    Map.of());

    private SmallWorld() {}

    /** Writes it; the test impressions follow the same law. */
    static void write(Path path, String kind, int trainEvents, int testEvents) {
        SplitRandom random = new SplitRandom(7);
        try (DatasetWriter writer = DatasetWriter.create(path, false);
                RowTable users = users(random);
                RowTable items = items(random)) {
            writer.writeSchema(SCHEMA);
            writer.writeRows(DatasetLayout.USERS, users);
            writer.writeRows(DatasetLayout.ITEMS, items);
            EmptyCounters.write(writer, SCHEMA, items);
            writeEvents(writer, DatasetLayout.TRAIN, users, items, trainEvents, random);
            writeEvents(writer, DatasetLayout.TEST, users, items, testEvents, random);
            writer.commit(
                    "small",
                    kind,
                    new DatasetWriter.Counts(USERS, ITEMS, trainEvents, testEvents),
                    null);
        }
    }

    /** The true chance of a click. */
    static double probability(Dataset dataset, InteractionTable table, long event) {
        int tab = table.contextSegment().get(RowLayout.INT, table.contextOffset(event));
        float rate = table.impressionSegment().get(RowLayout.FLOAT, table.impressionOffset(event));
        return probability(
                dataset.users(), dataset.items(), table.user(event), table.item(event), tab, rate);
    }

    private static double probability(
            RowTable users, RowTable items, int user, int item, int tab, float rate) {
        double logit = -0.5 + 0.8 * (tab - FeatureField.FIRST - 1);
        logit += Float.isNaN(rate) ? -0.9 : 0.8 * (rate - 0.5) / 0.25;
        logit += 0.7 * (slot(users, user, MOOD, FeatureScope.USER) - 1.5);
        logit += 0.5 * (slot(items, item, GENRE, FeatureScope.ITEM) - 2.5);
        int tags = slot(items, item, TAG, FeatureScope.ITEM);
        RowLayout layout = SCHEMA.layout(FeatureScope.ITEM);
        long at = items.offset(item) + 4L * layout.slotOf(TAG);
        for (int i = 1; i <= tags; i++) {
            logit += 0.6 * (items.segment().get(RowLayout.INT, at + 4L * i) - 2) / tags;
        }
        float length =
                items.segment()
                        .get(RowLayout.FLOAT, items.offset(item) + 4L * layout.slotOf(LENGTH));
        logit += Float.isNaN(length) ? 1.2 : 0.5 * (length - 1) / 2;
        return 1 / (1 + Math.exp(-logit));
    }

    private static int slot(RowTable rows, int row, FeatureField field, FeatureScope scope) {
        return rows.segment()
                .get(RowLayout.INT, rows.offset(row) + 4L * SCHEMA.layout(scope).slotOf(field));
    }

    private static RowTable users(SplitRandom random) {
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.USER), USERS)) {
            for (int user = 0; user < USERS; user++) {
                rows.append(1000 + user);
                rows.category(MOOD, random.nextInt(4));
                // Every tenth user has no history.
                int length = user % 10 == 9 ? 0 : 1 + random.nextInt(HISTORY);
                int[] ids = new int[length];
                Arrays.setAll(ids, i -> FeatureField.FIRST + random.nextInt(ITEMS));
                rows.values(WATCHED, ids, 0, length);
                rows.values(LIKED, ids, 0, length / 2);
            }
            return rows.build();
        }
    }

    private static RowTable items(SplitRandom random) {
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), ITEMS)) {
            for (int item = 0; item < ITEMS; item++) {
                rows.append(5000 - item);
                rows.category(ITEM_ID, item + FeatureField.FIRST);
                rows.category(GENRE, random.nextInt(GENRES));
                int count = random.nextInt(4);
                int[] tags = new int[count];
                Arrays.setAll(tags, i -> random.nextInt(TAGS));
                rows.values(TAG, tags, 0, count);
                rows.number(LENGTH, item % 8 == 0 ? Float.NaN : (float) random.nextGaussian());
            }
            return rows.build();
        }
    }

    private static void writeEvents(
            DatasetWriter writer,
            String name,
            RowTable users,
            RowTable items,
            int count,
            SplitRandom random) {
        RowLayout layout = SCHEMA.layout(FeatureScope.CONTEXT);
        SplitRandom rates = SplitRandom.forStream(8, count);
        long startMs = name.equals(DatasetLayout.TRAIN) ? 0 : 1_000_000_000L;
        try (InteractionTable.Builder events = InteractionTable.builder(count, SCHEMA)) {
            for (int i = 0; i < count; i++) {
                int user = random.nextInt(USERS);
                int item = random.nextInt(ITEMS);
                int tab = FeatureField.FIRST + random.nextInt(TABS);
                float rate = rates.nextInt(6) == 0 ? Float.NaN : rates.nextFloat();
                double probability = probability(users, items, user, item, tab, rate);
                boolean isClick = random.nextDouble() < probability;
                events.impressionSegment().set(RowLayout.FLOAT, events.impressionOffset(i), rate);
                boolean isLong = isClick && random.nextInt(2) == 0;
                events.setImpression(i, user, item, startMs + i);
                events.setOutcome(i, isClick, isLong, false, isLong ? 1 : 0);
                events.contextSegment()
                        .set(RowLayout.INT, events.contextOffset(i) + 4L * layout.slotOf(TAB), tab);
            }
            writer.writeEvents(name, events);
        }
    }
}
