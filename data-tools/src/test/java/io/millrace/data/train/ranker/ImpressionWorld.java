package io.millrace.data.train.ranker;

import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.EmptyCounters;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.SequencePooling;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Impressions on three days over features of every kind, kept as plain values beside the data set
 * that is written of them. Whether one is clicked hangs on the tab, and on whether item and user
 * are both odd or both even.
 */
final class ImpressionWorld {
    static final int USERS = 12;

    /** More than a table has that is learnt in one part. */
    static final int ITEMS = 2_100;

    static final int EVENTS = 1_500;
    static final int FIRST_OF_LAST_DAY = 1_200;

    /** Ids from here on are met nowhere. */
    static final int SHOWN_IDS = 42;

    private static final int SHOWN_ITEMS = SHOWN_IDS - FeatureField.FIRST;
    private static final int TABS = 3;
    private static final long DAY_MS = 86_400_000;
    private static final FeatureField WATCHED =
            FeatureField.itemSequence("watched", ITEMS + FeatureField.FIRST, 4);
    private static final float HALF_LIFE = 1.5f;
    private static final FeatureField RECENT =
            FeatureField.itemSequence("recent", ITEMS + FeatureField.FIRST, 4)
                    .withPooling(SequencePooling.recency(HALF_LIFE));
    private static final FeatureField LIKED =
            FeatureField.itemSequence("liked", ITEMS + FeatureField.FIRST, 5)
                    .withPooling(SequencePooling.ATTENTION);
    private static final FeatureField USER_ID =
            FeatureField.categorical(
                    FeatureScope.USER,
                    "user_id",
                    USERS + FeatureField.FIRST,
                    FeatureField.USER_TABLE);
    private static final FeatureField AGE = FeatureField.numeric(FeatureScope.USER, "age", 1, 2);
    private static final FeatureField TAB =
            FeatureField.context("tab", TABS, ContextSource.REQUEST, 0);

    /** Of which the impressions have all, the two reserved ids included. */
    private static final FeatureField PHASE =
            FeatureField.cyclic("phase", 5, ContextSource.REQUEST);

    private static final FeatureField ITEM_ID =
            FeatureField.categorical(
                    FeatureScope.ITEM,
                    "item_id",
                    ITEMS + FeatureField.FIRST,
                    FeatureField.ITEM_TABLE);
    private static final FeatureField TAGS = FeatureField.tags(FeatureScope.ITEM, "tags", 9, 3);
    private static final FeatureField MOODS =
            FeatureField.weightedTags(FeatureScope.ITEM, "moods", 8, 3);
    private static final FeatureField LENGTH =
            FeatureField.numeric(FeatureScope.ITEM, "length", 0, 1);
    private static final FeatureField CLICKS =
            FeatureField.rate(
                    "clicks",
                    new FeatureRate(FeatureRate.Event.CLICK, "item_id", 60, 0.5f, 20),
                    0.4f,
                    0.2f);
    static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "impressions",
                    0,
                    List.of(
                            WATCHED, RECENT, LIKED, USER_ID, AGE, TAB, PHASE, ITEM_ID, TAGS, MOODS,
                            LENGTH, CLICKS),
                    Map.of());

    /** Says what came of an impression. */
    interface Outcome {
        /** Sets it, given what the law of the world would have. */
        void set(InteractionTable.Builder events, int event, boolean isClick);
    }

    /** What came of an impression by the law of the world; no likes, nothing known of watching. */
    static final Outcome LAWFUL =
            (events, event, isClick) ->
                    events.setOutcome(event, isClick, isClick && event % 2 == 0, false, 0);

    private final List<int[]> watched = new ArrayList<>();
    private final List<int[]> liked = new ArrayList<>();
    private final List<int[]> tags = new ArrayList<>();
    private final List<int[]> moods = new ArrayList<>();
    private final List<float[]> moodWeights = new ArrayList<>();
    private final float[] ages = new float[USERS];
    private final float[] lengths = new float[ITEMS];
    private final int[] eventUsers = new int[EVENTS];
    private final int[] eventItems = new int[EVENTS];
    private final int[] eventTabs = new int[EVENTS];
    private final float[] eventRates = new float[EVENTS];
    private final boolean[] clicks = new boolean[EVENTS];

    ImpressionWorld() {
        SplitRandom random = new SplitRandom(21);
        for (int user = 0; user < USERS; user++) {
            watched.add(ids(random, user % 5, SHOWN_ITEMS));
            ages[user] = user == 3 ? Float.NaN : user == 4 ? -1e5f : 4 * random.nextFloat();
        }
        for (int item = 0; item < ITEMS; item++) {
            tags.add(ids(random, item % 4, 7));
            lengths[item] = item % 7 == 0 ? Float.NaN : (float) random.nextGaussian();
        }
        // After the rest, which stays as it is without them.
        SplitRandom others = new SplitRandom(22);
        for (int user = 0; user < USERS; user++) {
            liked.add(ids(others, (user + 2) % 6, SHOWN_ITEMS));
        }
        for (int item = 0; item < ITEMS; item++) {
            moods.add(ids(others, (item + 1) % 4, 6));
            float[] weights = new float[moods.get(item).length];
            for (int i = 0; i < weights.length; i++) {
                // Some weigh nothing, alone or beside others.
                weights[i] = i == item % 2 ? 0.01f * (item % 3) : 5 * others.nextFloat();
            }
            moodWeights.add(weights);
        }
        for (int event = 0; event < EVENTS; event++) {
            boolean isSameUser = event > 0 && random.nextInt(4) > 0;
            eventUsers[event] = isSameUser ? eventUsers[event - 1] : random.nextInt(USERS);
            eventItems[event] = random.nextInt(SHOWN_ITEMS);
            eventTabs[event] = random.nextInt(TABS);
            boolean isEven = (eventItems[event] + eventUsers[event]) % 2 == 0;
            double logit = 2 * (eventTabs[event] - 1) + (isEven ? 1 : -1);
            clicks[event] = random.nextDouble() < 1 / (1 + Math.exp(-logit));
            eventRates[event] = event % 6 == 0 ? Float.NaN : others.nextFloat();
        }
    }

    /** Writes the data set; the impressions to test on are those to train on. */
    void write(Path path, Outcome outcome) {
        write(path, Label.USUAL, outcome);
    }

    /** The same with other labels. */
    void write(Path path, List<Label> labels, Outcome outcome) {
        try (DatasetWriter writer = DatasetWriter.create(path, false);
                RowTable users = users();
                RowTable items = items();
                InteractionTable.Builder events =
                        InteractionTable.builder(EVENTS, SCHEMA, labels)) {
            for (int i = 0; i < EVENTS; i++) {
                long day = i < FIRST_OF_LAST_DAY ? 2L * i / FIRST_OF_LAST_DAY : 2;
                events.setImpression(i, eventUsers[i], eventItems[i], day * DAY_MS + i);
                outcome.set(events, i, clicks[i]);
                MemorySegment contexts = events.contextSegment();
                long context = events.contextOffset(i);
                contexts.set(RowLayout.INT, context, eventTabs[i] + FeatureField.FIRST);
                contexts.set(RowLayout.INT, context + Integer.BYTES, phaseId(i));
                events.impressionSegment()
                        .set(RowLayout.FLOAT, events.impressionOffset(i), eventRates[i]);
            }
            EmptyCounters.write(writer, SCHEMA, items);
            writer.writeSchema(SCHEMA);
            writer.writeRows(DatasetLayout.USERS, users);
            writer.writeRows(DatasetLayout.ITEMS, items);
            writer.writeEvents(DatasetLayout.TRAIN, events);
            writer.writeEvents(DatasetLayout.TEST, events);
            writer.commit(
                    "impressions",
                    "test",
                    new DatasetWriter.Counts(USERS, ITEMS, EVENTS, EVENTS),
                    null);
        }
    }

    private static int phaseId(int event) {
        return event % PHASE.cardinality();
    }

    private RowTable users() {
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.USER), USERS)) {
            for (int user = 0; user < USERS; user++) {
                rows.append(user);
                rows.values(WATCHED, watched.get(user), 0, watched.get(user).length);
                rows.values(RECENT, watched.get(user), 0, watched.get(user).length);
                rows.values(LIKED, liked.get(user), 0, liked.get(user).length);
                rows.category(USER_ID, user + FeatureField.FIRST);
                rows.number(AGE, ages[user]);
            }
            return rows.build();
        }
    }

    private RowTable items() {
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), ITEMS)) {
            for (int item = 0; item < ITEMS; item++) {
                rows.append(item);
                rows.category(ITEM_ID, item + FeatureField.FIRST);
                rows.values(TAGS, tags.get(item), 0, tags.get(item).length);
                rows.weightedTags(MOODS, moods.get(item), moodWeights.get(item));
                rows.number(LENGTH, lengths[item]);
            }
            return rows.build();
        }
    }

    /** Fills a batch with the first impressions; every third user and fourth item is hidden. */
    void fill(ImpressionBatch batch, int count) {
        batch.clear();
        for (int event = 0; event < count; event++) {
            if (event == 0 || eventUsers[event] != eventUsers[event - 1]) {
                batch.beginGroup(batch.groups() % 3 == 1);
            }
            batch.add(event, event % 4 == 2);
        }
    }

    /** The ranker's input as the documents say it, up to the zeros at its end. */
    List<Double> input(
            Map<String, double[]> tables,
            double scale,
            int dimension,
            int event,
            boolean isUserHidden,
            boolean isItemHidden) {
        int user = eventUsers[event];
        int item = eventItems[event];
        int userId = isUserHidden ? FeatureField.UNSEEN : user + FeatureField.FIRST;
        int itemId = isItemHidden ? FeatureField.UNSEEN : item + FeatureField.FIRST;
        List<Double> x = new ArrayList<>();
        addMean(x, tables, "item", dimension, watched.get(user));
        addWeighted(
                x, tables, "item", dimension, watched.get(user), ages(watched.get(user).length));
        addMean(x, tables, "user", dimension, userId);
        addNumber(x, ages[user], 1, 2);
        addMean(x, tables, "tab", dimension, eventTabs[event] + FeatureField.FIRST);
        boolean isOnCircle = phaseId(event) >= FeatureField.FIRST;
        double angle = 2 * Math.PI * (phaseId(event) - FeatureField.FIRST) / 5;
        x.add(isOnCircle ? Math.sin(angle) : 0);
        x.add(isOnCircle ? Math.cos(angle) : 0);
        addMean(x, tables, "item", dimension, itemId);
        addMean(x, tables, "tags", dimension, tags.get(item));
        double[] weights = new double[moods.get(item).length];
        Arrays.setAll(weights, i -> moodWeights.get(item)[i]);
        addWeighted(x, tables, "moods", dimension, moods.get(item), weights);
        addNumber(x, lengths[item], 0, 1);
        double[] likeness = likeness(tables, scale, dimension, liked.get(user), itemId);
        addWeighted(x, tables, "item", dimension, liked.get(user), likeness);
        addNumber(x, eventRates[event], 0.4f, 0.2f);
        return x;
    }

    private static double[] ages(int count) {
        double[] weights = new double[count];
        for (int i = 0; i < count; i++) {
            weights[i] = Math.pow(0.5, (count - 1 - i) / HALF_LIFE);
        }
        return weights;
    }

    private static double[] likeness(
            Map<String, double[]> tables, double scale, int dimension, int[] ids, int candidate) {
        double[] table = tables.getOrDefault("item", new double[0]);
        double[] weights = new double[ids.length];
        for (int i = 0; i < ids.length; i++) {
            double product = 0;
            for (int k = 0; k < dimension; k++) {
                product += table[ids[i] * dimension + k] * table[candidate * dimension + k];
            }
            weights[i] = Math.exp(scale * product);
        }
        return weights;
    }

    private static void addWeighted(
            List<Double> x,
            Map<String, double[]> tables,
            String name,
            int dimension,
            int[] ids,
            double[] weights) {
        double[] table = tables.getOrDefault(name, new double[0]);
        double weightSum = Arrays.stream(weights).sum();
        for (int k = 0; k < dimension; k++) {
            double sum = 0;
            for (int i = 0; i < ids.length; i++) {
                sum += weights[i] * table[ids[i] * dimension + k];
            }
            x.add(weightSum == 0 ? 0 : sum / weightSum);
        }
    }

    private static void addMean(
            List<Double> x, Map<String, double[]> tables, String name, int dimension, int... ids) {
        double[] table = tables.getOrDefault(name, new double[0]);
        for (int i = 0; i < dimension; i++) {
            double sum = 0;
            for (int id : ids) {
                sum += table[id * dimension + i];
            }
            x.add(ids.length == 0 ? 0 : sum / ids.length);
        }
    }

    private static void addNumber(List<Double> x, float value, double mean, double deviation) {
        boolean isMissing = Float.isNaN(value);
        x.add(isMissing ? 0 : Math.clamp((value - mean) / deviation, -4.0, 4.0));
        x.add(isMissing ? 1.0 : 0.0);
    }

    private static int[] ids(SplitRandom random, int count, int bound) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = FeatureField.FIRST + random.nextInt(bound);
        }
        return ids;
    }
}
