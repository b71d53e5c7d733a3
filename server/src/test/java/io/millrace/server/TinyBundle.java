package io.millrace.server;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.VectorSet;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeSchema;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.index.recall.RecallCurve;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.LightRanker;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.factors.FactorSettings;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.SequenceMatch;
import io.millrace.ranker.model.WeightType;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.retrieval.Blend;
import io.millrace.ranker.retrieval.ItemLists;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.TowerShape;
import io.millrace.ranker.tower.TwoTowerModel;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A bundle of a few items and users with untrained models: small, sound, and the same each time.
 */
public final class TinyBundle {
    /** Of those, an inlined index makes 64. */
    public static final int DIMENSION = 48;

    /** Components of a vector where {@link #retrieveByFactors} was called. */
    public static final int FACTORS = 24;

    /** Components of a vector where {@link #retrieveByBlend} was called. */
    public static final int BLENDED = DIMENSION + FACTORS + 1;

    public static final int HISTORY = 8;

    /** The most items of a list where {@link #retrieveByNeighbours} was called. */
    public static final int LONGEST_LIST = 40;

    public static final int CREATORS = 40;

    /** After which an event counts half in the rates of {@link #rated}. */
    public static final int HALF_LIFE_MINUTES = 60;

    private static final long COUNTED_MS = 1_700_000_000_000L;
    private static final List<FeatureField> RATES =
            List.of(
                    rate("clicks_now", FeatureRate.Event.CLICK, "item"),
                    rate("watches_now", FeatureRate.Event.WATCH, "item"),
                    rate("creator_clicks_now", FeatureRate.Event.CLICK, "creator"));

    private static final AttributeSchema ATTRIBUTES =
            AttributeSchema.of(
                    new Attribute("creator", AttributeKind.INT64),
                    new Attribute("tags", AttributeKind.TAGS),
                    new Attribute("duration", AttributeKind.FLOAT64));

    private final int items;
    private final int users;
    private final GraphLayout layout;
    private final FeatureSchema schema;

    public TinyBundle(int items, int users) {
        this(items, users, GraphLayout.F32);
    }

    public TinyBundle(int items, int users, GraphLayout layout) {
        this(items, users, layout, unrated(items));
    }

    private TinyBundle(int items, int users, GraphLayout layout, FeatureSchema schema) {
        this.items = items;
        this.users = users;
        this.layout = layout;
        this.schema = schema;
    }

    private static FeatureField rate(String name, FeatureRate.Event event, String of) {
        FeatureRate rate = new FeatureRate(event, of, HALF_LIFE_MINUTES, 0.25f, 2);
        return FeatureField.rate(name, rate, 0.25f, 0.125f);
    }

    /**
     * The same with rates that the ranker takes. Something was counted already: see {@link
     * #tellBeginning}.
     */
    public TinyBundle rated() {
        return new TinyBundle(items, users, layout, schema.with(RATES));
    }

    /** What had happened before the bundle was made. */
    public void tellBeginning(EventCounters counters) {
        EventList events = new EventList(3);
        for (int ordinal = 0; ordinal < items; ordinal += 2) {
            events.clear();
            events.add(EventKind.IMPRESSION, ordinal, Float.NaN);
            if (ordinal % 3 == 0) {
                events.add(EventKind.CLICK, ordinal, Float.NaN);
                events.add(EventKind.WATCH, ordinal, 0.75f);
            }
            counters.count(events, COUNTED_MS + 1_000L * ordinal);
        }
    }

    private static FeatureSchema unrated(int items) {
        return new FeatureSchema(
                FeatureSchema.FORMAT,
                "tiny",
                0,
                List.of(
                        FeatureField.itemSequence("watched", items + 2, HISTORY),
                        FeatureField.itemSequence("long_watched", items + 2, HISTORY),
                        FeatureField.itemSequence("liked", items + 2, HISTORY),
                        FeatureField.categorical(FeatureScope.USER, "age", 6),
                        FeatureField.numeric(FeatureScope.USER, "activity", 1, 2),
                        FeatureField.context("hour", 24, ContextSource.HOUR_OF_DAY, -1),
                        FeatureField.context("tab", 4, ContextSource.REQUEST, 0),
                        FeatureField.categorical(
                                FeatureScope.ITEM, "item", items + 2, FeatureField.ITEM_TABLE),
                        FeatureField.categorical(FeatureScope.ITEM, "creator", CREATORS + 2),
                        FeatureField.tags(FeatureScope.ITEM, "tags", 12, 3),
                        FeatureField.numeric(FeatureScope.ITEM, "duration", 3, 1)),
                Map.of());
    }

    /** Id of the item at an ordinal. */
    public static long itemId(int ordinal) {
        return 10_000 + 7L * ordinal;
    }

    /** Id of the user at a row. */
    public static long userId(int row) {
        return 500 + 3L * row;
    }

    /** Ordinals of the items that a user has watched. */
    public int[] watched(int row) {
        SplitRandom random = SplitRandom.forStream(3, row);
        int[] ordinals = new int[Math.min(HISTORY, items)];
        for (int i = 0; i < ordinals.length; i++) {
            // The low ordinals are the popular ones.
            ordinals[i] = Math.min(random.nextInt(items), random.nextInt(items));
        }
        return ordinals;
    }

    public int creator(int ordinal) {
        return ordinal * 31 % CREATORS;
    }

    public FeatureSchema schema() {
        return schema;
    }

    /** Writes the bundle into a folder that is made. */
    public Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        schema.write(folder.resolve(BundleLayout.SCHEMA));
        RerankRules.defaults(schema).write(folder.resolve(BundleLayout.RULES));
        try (RowTable itemRows = itemRows();
                RowTable userRows = userRows()) {
            itemRows.write(folder.resolve(BundleLayout.ITEMS));
            userRows.write(folder.resolve(BundleLayout.USERS));
            writeAttributes(itemRows, folder.resolve(BundleLayout.ATTRIBUTES));
        }
        writeModels(folder, WeightType.F32);
        return folder;
    }

    /** Has the models of a bundle keep their embeddings otherwise, and what follows from them. */
    public void keepEmbeddings(Path folder, WeightType type) {
        writeModels(folder, type);
    }

    private void writeModels(Path folder, WeightType embeddings) {
        Path towersFile = folder.resolve(BundleLayout.TOWERS);
        try (TwoTowerModel initial =
                TwoTowerModel.initial(schema, new TowerShape(DIMENSION, 32, 4), 1)) {
            initial.save(towersFile, embeddings);
        }
        try (RowTable itemRows = itemRows();
                TwoTowerModel towers = TwoTowerModel.load(towersFile, schema)) {
            writeIndex(towers, itemRows, folder.resolve(BundleLayout.INDEX));
            writeRankers(itemRows, folder, embeddings);
            if (schema.hasRates()) {
                writeCounters(itemRows, folder.resolve(BundleLayout.COUNTERS));
            }
        }
        seal(folder);
    }

    private void writeCounters(RowTable itemRows, Path file) {
        CountingPlan plan = CountingPlan.of(schema, "creator", HALF_LIFE_MINUTES);
        try (ItemRowMirror mirror = ItemRowMirror.of(itemRows);
                EventCounters counters = EventCounters.inMemory(schema, mirror, plan)) {
            tellBeginning(counters);
            counters.write(file);
        }
    }

    private RowTable itemRows() {
        try (RowTable.Builder rows = RowTable.builder(schema.layout(FeatureScope.ITEM), items)) {
            SplitRandom random = new SplitRandom(1);
            for (int ordinal = 0; ordinal < items; ordinal++) {
                rows.append(itemId(ordinal));
                rows.category(schema.field("item"), ordinal + 2);
                rows.category(schema.field("creator"), creator(ordinal) + 2);
                int[] tags = {2 + random.nextInt(10), 2 + random.nextInt(10)};
                rows.values(schema.field("tags"), tags, 0, 2);
                if (ordinal % 5 != 0) {
                    rows.number(schema.field("duration"), 3 + (float) random.nextGaussian());
                }
            }
            return rows.build();
        }
    }

    /** What items are filtered by: creators by their ids, tags by theirs as texts, durations. */
    private void writeAttributes(RowTable rows, Path file) {
        RowLayout layout = rows.layout();
        long creators = 4L * layout.slotOf(schema.field("creator"));
        long lists = 4L * layout.slotOf(schema.field("tags"));
        long durations = 4L * layout.slotOf(schema.field("duration"));
        try (AttributeTable table = AttributeTable.allocate(ATTRIBUTES, items)) {
            for (int row = 0; row < items; row++) {
                long at = rows.offset(row);
                int creator = rows.segment().get(RowLayout.INT, at + creators);
                ((Int64Column) table.column("creator")).set(row, creator);
                List<String> texts = new ArrayList<>();
                for (int i = 1; i <= rows.segment().get(RowLayout.INT, at + lists); i++) {
                    int tag = rows.segment().get(RowLayout.INT, at + lists + 4L * i);
                    texts.add(Integer.toString(tag));
                }
                ((TagsColumn) table.column("tags")).set(row, texts);
                float duration = rows.segment().get(RowLayout.FLOAT, at + durations);
                if (!Float.isNaN(duration)) {
                    ((Float64Column) table.column("duration")).set(row, duration);
                }
            }
            AttributeFile.write(table, file);
        }
    }

    private RowTable userRows() {
        try (RowTable.Builder rows = RowTable.builder(schema.layout(FeatureScope.USER), users)) {
            for (int row = 0; row < users; row++) {
                rows.append(userId(row));
                int[] ids = watched(row);
                for (int i = 0; i < ids.length; i++) {
                    ids[i] += 2;
                }
                rows.values(schema.field("watched"), ids, 0, ids.length);
                rows.values(schema.field("long_watched"), ids, 0, ids.length / 2);
                rows.values(schema.field("liked"), ids, 0, Math.min(2, ids.length));
                rows.category(schema.field("age"), row % 6);
                rows.number(schema.field("activity"), row % 4);
            }
            return rows.build();
        }
    }

    /**
     * Has a bundle retrieve by factors of {@link #FACTORS} components instead of the towers. Some
     * of them are longer than others, and what the first user has watched has none.
     */
    public ItemFactors retrieveByFactors(Path folder) {
        float[] numbers = new float[items * FACTORS];
        SplitRandom random = new SplitRandom(9);
        int[] ofNobody = watched(0);
        try (VectorSet vectors = VectorSet.allocate(items, FACTORS)) {
            for (int ordinal = 0; ordinal < items; ordinal++) {
                int own = ordinal;
                boolean isZero = Arrays.stream(ofNobody).anyMatch(zero -> zero == own);
                float length = isZero ? 0 : 0.1f + 0.3f * random.nextInt(4);
                for (int i = 0; i < FACTORS; i++) {
                    numbers[ordinal * FACTORS + i] = length * (float) random.nextGaussian();
                }
                vectors.set(ordinal, numbers, ordinal * FACTORS);
            }
            writeIndex(vectors, Metric.INNER_PRODUCT, folder.resolve(BundleLayout.INDEX));
        }
        FactorSettings settings = new FactorSettings(FACTORS, 0.1f, 0.01f, 1);
        ItemFactors factors = new ItemFactors(settings, numbers);
        factors.save(folder.resolve(BundleLayout.FACTORS), schema);
        seal(folder);
        return factors;
    }

    /**
     * Has a bundle take candidates from lists. Those of what the first user has watched are empty.
     */
    public ItemLists retrieveByNeighbours(Path folder) {
        SplitRandom random = new SplitRandom(13);
        int[] ofNobody = watched(0);
        int[][] listed = new int[items][];
        float[][] scores = new float[items][];
        for (int ordinal = 0; ordinal < items; ordinal++) {
            int own = ordinal;
            boolean isEmpty = Arrays.stream(ofNobody).anyMatch(empty -> empty == own);
            int length = isEmpty ? 0 : 10 + random.nextInt(LONGEST_LIST - 10);
            int step = 1 + random.nextInt(5);
            listed[ordinal] = new int[length];
            scores[ordinal] = new float[length];
            for (int i = 0; i < length; i++) {
                listed[ordinal][i] = (own + step * (i + 1)) % items;
                // Whole steps, so that sums of them are ties now and then.
                scores[ordinal][i] = 1 - (i + 1) / 64f;
            }
        }
        ItemLists lists = ItemLists.of(items, listed, scores);
        lists.save(folder.resolve(BundleLayout.NEIGHBOURS), schema);
        seal(folder);
        return lists;
    }

    /** Has a bundle take the candidates of everybody from one list, which has not all items. */
    public ItemLists retrieveByPopularity(Path folder) {
        int[] listed = new int[items / 2];
        float[] scores = new float[listed.length];
        for (int i = 0; i < listed.length; i++) {
            listed[i] = items - 1 - 2 * i;
            scores[i] = listed.length - i;
        }
        ItemLists lists = ItemLists.of(items, new int[][] {listed}, new float[][] {scores});
        lists.save(folder.resolve(BundleLayout.POPULAR), schema);
        seal(folder);
        return lists;
    }

    /** Has a bundle retrieve by towers, the factors of {@link #retrieveByFactors}, and trend. */
    public void retrieveByBlend(Path folder) {
        ItemFactors factors = retrieveByFactors(folder);
        try (RowTable itemRows = itemRows();
                TwoTowerModel towers =
                        TwoTowerModel.load(folder.resolve(BundleLayout.TOWERS), schema);
                VectorSet vectors = VectorSet.allocate(items, BLENDED)) {
            float[] byTower = embed(towers, itemRows);
            float[] byFactors = new float[items * FACTORS];
            float[] row = new float[FACTORS];
            for (int ordinal = 0; ordinal < items; ordinal++) {
                factors.vectorInto(ordinal, row);
                System.arraycopy(row, 0, byFactors, ordinal * FACTORS, FACTORS);
            }
            Blend blend = Blend.of(byTower, DIMENSION, byFactors, FACTORS).withScales(0.4f, 0.7f);
            float[] joined = new float[BLENDED];
            for (int ordinal = 0; ordinal < items; ordinal++) {
                int at = ordinal * DIMENSION;
                factors.vectorInto(ordinal, row);
                blend.itemInto(
                        Arrays.copyOfRange(byTower, at, at + DIMENSION),
                        row,
                        trend(ordinal),
                        joined);
                vectors.set(ordinal, joined, 0);
            }
            writeIndex(vectors, Metric.INNER_PRODUCT, folder.resolve(BundleLayout.INDEX));
            blend.save(folder.resolve(BundleLayout.BLEND), schema);
        }
        seal(folder);
    }

    /** How much an item is on the rise where {@link #retrieveByBlend} was called. */
    public static float trend(int ordinal) {
        return (ordinal % 7 - 3) / 2f;
    }

    private void writeIndex(TwoTowerModel towers, RowTable itemRows, Path path) {
        float[] numbers = embed(towers, itemRows);
        try (VectorSet vectors = VectorSet.allocate(items, DIMENSION)) {
            for (int ordinal = 0; ordinal < items; ordinal++) {
                vectors.set(ordinal, numbers, ordinal * DIMENSION);
            }
            writeIndex(vectors, Metric.COSINE, path);
        }
    }

    private float[] embed(TwoTowerModel towers, RowTable itemRows) {
        ItemTower tower = towers.newItemTower();
        float[] vectors = new float[items * DIMENSION];
        for (int from = 0; from < items; from += ItemTower.BATCH) {
            int count = Math.min(ItemTower.BATCH, items - from);
            tower.embedInto(itemRows, from, count, vectors, from * DIMENSION);
        }
        return vectors;
    }

    private void writeIndex(VectorSet vectors, Metric metric, Path path) {
        long[] ids = new long[items];
        Arrays.setAll(ids, TinyBundle::itemId);
        try (HnswIndex index =
                HnswBuilder.build(
                        vectors,
                        ids,
                        HnswParameters.defaults(metric).withThreads(1).withLayout(layout),
                        ProgressListener.NONE)) {
            HnswFile.write(index, path);
        }
    }

    private void writeRankers(RowTable itemRows, Path folder, WeightType embeddings) {
        writeRanker(
                LightRanker.hidden(8, 16),
                itemRows,
                embeddings,
                folder.resolve(BundleLayout.LIGHT_RANKER),
                folder.resolve(BundleLayout.LIGHT_HALVES));
        writeRanker(
                DcnShape.DEFAULT,
                itemRows,
                embeddings,
                folder.resolve(BundleLayout.RANKER),
                folder.resolve(BundleLayout.ITEM_HALVES));
    }

    private void writeRanker(
            DcnShape shape,
            RowTable itemRows,
            WeightType embeddings,
            Path weights,
            Path halvesFile) {
        try (EmbeddingTable vectors =
                        new EmbeddingTable(SequenceMatch.TABLE, items + FeatureField.FIRST, 8);
                DcnModel initial = matching(shape, vectors)) {
            initial.save(weights, embeddings);
        }
        try (DcnModel ranker = DcnModel.load(weights, schema)) {
            if (DcnItemHalves.areOfUse(ranker.shape())) {
                writeHalves(ranker, itemRows, halvesFile);
            }
        }
    }

    /** With an item here and there of which nothing is known. */
    private DcnModel matching(DcnShape shape, EmbeddingTable vectors) {
        vectors.fillGaussian(0.5, 2);
        for (int id = FeatureField.FIRST; id < vectors.rows(); id += 7) {
            vectors.segment().asSlice(vectors.offset(id), 4L * vectors.dimension()).fill((byte) 0);
        }
        DcnModel model = DcnModel.initial(schema, shape, RankerHeads.USUAL, vectors, 1);
        model.input().matches().forEach(match -> match.standardise(0.3f, 0.2f));
        return model;
    }

    private void writeHalves(DcnModel ranker, RowTable itemRows, Path halvesFile) {
        try (DcnItemHalves halves = ranker.newItemHalves(items, WeightType.F32)) {
            halves.set(
                    ranker.input().item(),
                    itemRows.segment(),
                    itemRows.layout().rowBytes(),
                    0,
                    itemRows.count());
            DcnHalvesFile.write(halves, halvesFile);
        }
    }

    /** Takes an optional part out of a bundle. */
    public void drop(Path folder, String part) throws IOException {
        Files.delete(folder.resolve(part));
        seal(folder);
    }

    /** Gives the index of a bundle a recall curve, and the bundle a recall to reach if any. */
    public void keepRecall(Path folder, RecallCurve curve, @Nullable Double recall) {
        Path file = folder.resolve(BundleLayout.INDEX);
        try (HnswIndex index = HnswFile.open(file)) {
            index.keepRecallCurve(curve);
            HnswFile.write(index, file);
        }
        TreeMap<String, String> parameters = new TreeMap<>();
        if (recall != null) {
            parameters.put(BundleManifest.RECALL, recall.toString());
        }
        seal(folder, parameters);
    }

    /** Has a bundle declare what candidates are ordered by. */
    public void orderBy(Path folder, String formula) {
        seal(folder, new TreeMap<>(Map.of(BundleManifest.VALUE, formula)));
    }

    /** Writes the manifest of the files as they are. */
    public void seal(Path folder) {
        seal(folder, new TreeMap<>());
    }

    private void seal(Path folder, SortedMap<String, String> parameters) {
        int ofFactors = Files.exists(folder.resolve(BundleLayout.BLEND)) ? BLENDED : FACTORS;
        boolean hasFactors = Files.exists(folder.resolve(BundleLayout.FACTORS));
        Json.writeAtomically(
                folder.resolve(BundleLayout.MANIFEST),
                new BundleManifest(
                                BundleManifest.FORMAT,
                                "",
                                "tiny",
                                "test",
                                "0000000000000000",
                                String.format("%016x", schema.fingerprint()),
                                items,
                                users,
                                hasFactors ? ofFactors : DIMENSION,
                                parameters,
                                new TreeMap<>(),
                                BundleManifest.describeParts(folder))
                        .sealed());
    }
}
