package io.millrace.data.train.ranker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.mapped.MappedImporter;
import io.millrace.data.importers.mapped.Mapping;
import io.millrace.data.importers.mapped.SourceForm;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.feedback.RateEncoder;
import io.millrace.ranker.model.AttentionPass;
import io.millrace.ranker.model.MatchPass;
import io.millrace.ranker.model.SequenceAttention;
import io.millrace.ranker.model.SequenceMatch;
import io.millrace.ranker.store.ItemRowMirror;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The ranker's input by both ways: as training gathers it from an imported data set, and as serving
 * makes it of raw values with nothing but the schema file, the users' histories and the model.
 * Every bit is the same.
 */
final class FeatureParityTest {
    private static final String MAPPING =
            """
            {
              "name": "shop",
              "user": "uid",
              "item": "sku",
              "time": "at",
              "timeForm": "SECONDS",
              "utcOffsetMinutes": 480,
              "click": {"column": "click", "atLeast": 1},
              "watchRatio": "share",
              "isEveryEventWatched": true,
              "features": [
                {"column": "city", "scope": "USER", "kind": "CATEGORICAL"},
                {"column": "age", "scope": "USER", "kind": "NUMERIC"},
                {"column": "age", "name": "age_bucket", "scope": "USER", "kind": "CATEGORICAL",
                 "encoding": "QUANTILES", "buckets": 5},
                {"column": "price", "scope": "ITEM", "kind": "NUMERIC", "encoding": "LOG"},
                {"column": "price", "name": "price_bucket", "scope": "ITEM", "kind": "CATEGORICAL",
                 "encoding": "QUANTILES", "buckets": 4},
                {"column": "seller", "scope": "ITEM", "kind": "CATEGORICAL",
                 "encoding": "HASHED", "buckets": 30},
                {"column": "tags", "scope": "ITEM", "kind": "TAGS"},
                {"column": "moods", "scope": "ITEM", "kind": "WEIGHTED_TAGS"},
                {"column": "page", "scope": "CONTEXT", "kind": "CATEGORICAL"}
              ],
              "hasTimeOnCircles": true,
              "pooling": {
                "watched": {"form": "ATTENTION"},
                "long_watched": {"form": "RECENCY", "halfLife": 3}
              },
              "rates": [
                {"name": "clicks", "event": "CLICK", "of": "item_id", "halfLifeMinutes": 600},
                {"name": "watches", "event": "WATCH", "of": "item_id", "halfLifeMinutes": 600},
                {"name": "seller_clicks", "event": "CLICK", "of": "seller",
                 "halfLifeMinutes": 600, "usual": 0.25, "priorImpressions": 3},
                {"name": "tag_watches", "event": "WATCH", "of": "tags", "halfLifeMinutes": 600}
              ],
              "crosses": [
                {"name": "city_age", "scope": "USER", "crossOf": ["city", "age_bucket"]},
                {"name": "page_hour", "scope": "CONTEXT", "crossOf": ["page", "hour"]},
                {"name": "seller_price", "scope": "ITEM", "crossOf": ["seller", "price_bucket"]}
              ]
            }
            """;

    /** What the mapping makes of columns; serving makes it anew of the same texts. */
    private static final Set<String> MAPPED =
            Set.of("city", "age", "age_bucket", "price", "price_bucket", "seller", "tags", "moods");

    private static final int USERS = 7;
    private static final int ITEMS = 23;
    private static final int EVENTS = 400;
    private static final int STEP_SECONDS = 3_000;
    private static final long START_SECONDS = 1_714_500_000;
    private static final String[] PAGES = {"home", "search", "", "cart"};

    @TempDir private Path folder;

    private final String[] cities = new String[USERS];
    private final String[] ages = new String[USERS];
    private final String[] prices = new String[ITEMS];
    private final String[] sellers = new String[ITEMS];
    private final String[] tags = new String[ITEMS];
    private final List<Map<String, Float>> moods = new ArrayList<>();
    private final int[] users = new int[EVENTS];
    private final int[] items = new int[EVENTS];
    private final String[] pages = new String[EVENTS];

    /**
     * By the server's way what happened is told one after the other: all of it for the days to
     * train on, and from where the data set says that these ended for the days to test on.
     */
    @Test
    void shouldGiveTheSameBitsInTrainingAndServing() throws IOException {
        invent();
        importAll();
        Path set = folder.resolve("set");
        FeatureSchema schema = FeatureSchema.read(set.resolve("schema.json"));
        RankerTrainingPlan plan =
                RankerTrainingPlan.defaults(EVENTS, 3, 2)
                        .withShape(new DcnShape(5, 1, 0, DcnStructure.PARALLEL, List.of(4)))
                        .withMatchDimension(6);
        try (Dataset dataset = Dataset.open(set);
                MatchVectors vectors = MatchVectors.of(dataset, plan, ProgressListener.NONE);
                DcnModel model =
                        DcnModel.initial(
                                dataset.schema(),
                                plan.shape(),
                                RankerHeads.USUAL,
                                vectors.table(),
                                3);
                ItemRowMirror rows = ItemRowMirror.of(dataset.items());
                EventCounters all = EventCounters.inMemory(schema, rows, plan(schema));
                EventCounters rest =
                        EventCounters.open(
                                folder,
                                schema,
                                rows,
                                plan(schema),
                                set.resolve(DatasetLayout.COUNTERS))) {
            assertEquals(1, model.input().attentions().size());
            assertEquals(4, model.input().impression().fieldCount());
            assertFalse(model.input().matches().isEmpty());
            MatchVectors.standardise(model.input(), dataset, dataset.train().count());
            InteractionTable train = dataset.train();
            assertTrue(train.count() > 50, "events to train on: " + train.count());
            tell(all, 0, numberOf(train, 0));
            assertSame(dataset, schema, model.input(), train, all);
            assertSame(dataset, schema, model.input(), dataset.test(), rest);
        }
    }

    private static CountingPlan plan(FeatureSchema schema) {
        return CountingPlan.of(schema, "", schema.rateHalfLifeMinutes());
    }

    /** Tells what came of some events. */
    private void tell(EventCounters counters, int from, int to) {
        EventList told = new EventList(3);
        for (int number = from; number < to; number++) {
            told.clear();
            told.add(EventKind.IMPRESSION, items[number], Float.NaN);
            if (number % 2 == 1) {
                told.add(EventKind.CLICK, items[number], Float.NaN);
            }
            if (number % 3 == 1) {
                told.add(EventKind.WATCH, items[number], 0.125f * (number % 11));
            }
            counters.count(told, 1_000 * (START_SECONDS + (long) STEP_SECONDS * number));
        }
    }

    private void assertSame(
            Dataset dataset,
            FeatureSchema schema,
            RankerInput input,
            InteractionTable events,
            EventCounters counters) {
        int count = (int) events.count();
        float[] training = trainingInputs(dataset, input, events, count);
        RateEncoder rates = new RateEncoder(schema, counters);
        MemorySegment impression = Arena.ofAuto().allocate(rates.rowBytes());
        int told = 0;
        for (int event = 0; event < count; event++) {
            int at = event * input.width();
            float[] served = servedInput(dataset, schema, input, events, event);
            int[] item = {events.item(event)};
            rates.encodeInto(item, 1, events.timestampMs(event), impression, 0);
            input.impression().gatherInto(impression, 0, served, input.impressionAt());
            told += Float.isNaN(impression.get(RowLayout.FLOAT, 0)) ? 0 : 1;
            assertArrayEquals(
                    bits(served), bits(Arrays.copyOfRange(training, at, at + input.width())));
            tell(counters, numberOf(events, event), numberOf(events, event) + 1);
        }
        assertTrue(told > count / 2, "impressions of items of which something is known: " + told);
    }

    private static int numberOf(InteractionTable events, long event) {
        return (int) ((events.timestampMs(event) / 1_000 - START_SECONDS) / STEP_SECONDS);
    }

    private void invent() {
        SplitRandom random = new SplitRandom(77);
        for (int user = 0; user < USERS; user++) {
            cities[user] = user == 2 ? "" : "c" + random.nextInt(4);
            ages[user] = user == 2 || user == 4 ? "" : String.valueOf(18 + random.nextInt(50));
        }
        for (int item = 0; item < ITEMS; item++) {
            prices[item] = item % 6 == 5 ? "" : String.valueOf(1_000 * random.nextFloat());
            sellers[item] = item % 7 == 6 ? "" : "s" + random.nextInt(9);
            tags[item] = List.of("", "a", "a|b", "c|a|d").get(random.nextInt(4));
            moods.add(new LinkedHashMap<>());
            for (int i = random.nextInt(4); i > 0; i--) {
                moods.get(item).put("m" + random.nextInt(5), 0.1f * random.nextInt(30));
            }
        }
        for (int event = 0; event < EVENTS; event++) {
            users[event] = event < USERS ? event : random.nextInt(USERS);
            items[event] = event < ITEMS ? event : random.nextInt(ITEMS);
            pages[event] = PAGES[random.nextInt(PAGES.length)];
        }
    }

    private void importAll() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("uid,sku,at,click,share,city,age,price,seller,tags,moods,page");
        for (int event = 0; event < EVENTS; event++) {
            int user = users[event];
            int item = items[event];
            lines.add(
                    String.join(
                            ",",
                            String.valueOf(user),
                            String.valueOf(item),
                            String.valueOf(START_SECONDS + (long) STEP_SECONDS * event),
                            String.valueOf(event % 2),
                            event % 3 == 1 ? String.valueOf(0.125f * (event % 11)) : "",
                            cities[user],
                            ages[user],
                            prices[item],
                            sellers[item],
                            tags[item],
                            listOf(moods.get(item)),
                            pages[event]));
        }
        MappedImporter.run(
                SourceForm.TEXT,
                List.of(Files.write(folder.resolve("events.csv"), lines)),
                Mapping.read(Files.writeString(folder.resolve("mapping.json"), MAPPING)),
                new ImportTask(folder.resolve("set"), 0, ProgressListener.NONE));
    }

    private static float[] trainingInputs(
            Dataset dataset, RankerInput input, InteractionTable events, int count) {
        ImpressionBatch batch = new ImpressionBatch(count);
        batch.clear();
        for (int event = 0; event < count; event++) {
            batch.beginGroup(false);
            batch.add(event, false);
        }
        float[] inputs = new float[count * input.width()];
        new ImpressionRows(dataset, events, input, count).gather(batch, 0, count, inputs);
        return inputs;
    }

    private float[] servedInput(
            Dataset dataset,
            FeatureSchema schema,
            RankerInput input,
            InteractionTable events,
            int event) {
        int number = numberOf(events, event);
        float[] served = new float[input.width()];
        MemorySegment context =
                Arena.ofAuto().allocate(schema.layout(FeatureScope.CONTEXT).rowBytes());
        FeatureField page = schema.field("page");
        new ContextEncoder(schema)
                .encodeInto(
                        events.timestampMs(event),
                        new int[] {0},
                        new int[] {schema.idOf(page, pages[number]) - FeatureField.FIRST},
                        1,
                        context,
                        0);
        try (RowTable user = userRow(dataset, schema, users[number]);
                RowTable item = itemRow(dataset, schema, items[number])) {
            input.gatherSharedInto(user.segment(), 0, context, 0, served, 0);
            input.item().gatherInto(item.segment(), 0, served, input.sharedWidth());
            for (SequenceAttention attention : input.attentions()) {
                float[] weights = new float[attention.maxLength()];
                AttentionPass pass = new AttentionPass(attention, served, input.width(), weights);
                pass.begin(user.segment(), 0);
                pass.run(0, 1);
            }
            for (SequenceMatch match : input.matches()) {
                MatchPass pass = new MatchPass(match);
                pass.begin(user.segment(), 0);
                pass.writeInto(item.segment(), 0, served, 0);
            }
        }
        return served;
    }

    private RowTable userRow(Dataset dataset, FeatureSchema schema, int user) {
        try (RowTable.Builder row = RowTable.builder(schema.layout(FeatureScope.USER), 1)) {
            row.append(user);
            setText(row, schema, "city", cities[user]);
            setNumber(row, schema, "age", ages[user]);
            setText(row, schema, "age_bucket", ages[user]);
            copyUnmapped(dataset.users(), dataset.users().indexOf(user), row);
            return row.build();
        }
    }

    private RowTable itemRow(Dataset dataset, FeatureSchema schema, int item) {
        try (RowTable.Builder row = RowTable.builder(schema.layout(FeatureScope.ITEM), 1)) {
            row.append(item);
            setNumber(row, schema, "price", prices[item]);
            setText(row, schema, "price_bucket", prices[item]);
            setText(row, schema, "seller", sellers[item]);
            FeatureField tag = schema.field("tags");
            int[] ids =
                    Arrays.stream(tags[item].split("\\|", -1))
                            .filter(text -> !text.isEmpty())
                            .mapToInt(text -> schema.idOf(tag, text))
                            .toArray();
            row.values(tag, ids, 0, ids.length);
            setWeighted(row, schema.field("moods"), schema, moods.get(item));
            copyUnmapped(dataset.items(), dataset.items().indexOf(item), row);
            return row.build();
        }
    }

    private static String listOf(Map<String, Float> weights) {
        return weights.entrySet().stream()
                .map(mood -> mood.getKey() + ":" + mood.getValue())
                .collect(Collectors.joining("|"));
    }

    private static void setWeighted(
            RowTable.Builder row,
            FeatureField field,
            FeatureSchema schema,
            Map<String, Float> given) {
        int[] ids = new int[given.size()];
        float[] weights = new float[ids.length];
        int count = 0;
        for (Map.Entry<String, Float> mood : given.entrySet()) {
            ids[count] = schema.idOf(field, mood.getKey());
            weights[count++] = mood.getValue();
        }
        row.weightedTags(field, ids, weights);
    }

    private static void setText(
            RowTable.Builder row, FeatureSchema schema, String name, String text) {
        row.category(schema.field(name), schema.idOf(schema.field(name), text));
    }

    private static void setNumber(
            RowTable.Builder row, FeatureSchema schema, String name, String text) {
        FeatureField field = schema.field(name);
        double raw = text.isEmpty() ? Double.NaN : Double.parseDouble(text);
        row.number(field, field.encoding().encode(raw));
    }

    /** Ids, histories and counters follow from the events; the store of the server has them. */
    private static void copyUnmapped(RowTable from, int at, RowTable.Builder row) {
        for (FeatureField field : from.layout().fields()) {
            if (MAPPED.contains(field.name()) || !field.crossOf().isEmpty()) {
                continue;
            }
            long slot = from.offset(at) + 4L * from.layout().slotOf(field);
            switch (field.kind()) {
                case CATEGORICAL -> row.category(field, from.segment().get(RowLayout.INT, slot));
                case NUMERIC -> row.number(field, from.segment().get(RowLayout.FLOAT, slot));
                case WEIGHTED_TAGS -> throw new AssertionError("all of them are mapped");
                case TAGS, SEQUENCE -> {
                    int[] ids = new int[from.segment().get(RowLayout.INT, slot)];
                    Arrays.setAll(ids, i -> from.segment().get(RowLayout.INT, slot + 4L * (i + 1)));
                    row.values(field, ids, 0, ids.length);
                }
            }
        }
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }
}
