package io.millrace.ranker.tower;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.WeightType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Users and items of random features of every kind, kept beside their rows as plain values, and
 * both towers in plain loops of double precision over those values.
 */
final class TowerWorld implements AutoCloseable {
    static final int USERS = 9;

    /** More than the item tower embeds at once. */
    static final int ITEMS = 300;

    /** A user of whom the row says nothing. */
    static final int UNKNOWN_USER = 0;

    /** A user of another id and age who is otherwise as the one before. */
    static final int TWIN_USER = 5;

    static final TowerShape SHAPE = new TowerShape(20, 13, 5);

    private static final int MOODS = 6;
    private static final FeatureField WATCHED =
            FeatureField.itemSequence("watched", ITEMS + FeatureField.FIRST, 8);
    private static final FeatureField LONG_WATCHED =
            FeatureField.itemSequence("long_watched", ITEMS + FeatureField.FIRST, 8);
    private static final FeatureField USER_ID =
            FeatureField.categorical(
                    FeatureScope.USER,
                    "user_id",
                    USERS + FeatureField.FIRST,
                    FeatureField.USER_TABLE);
    private static final FeatureField MOOD =
            FeatureField.categorical(FeatureScope.USER, "mood", MOODS);
    private static final FeatureField AGE = FeatureField.numeric(FeatureScope.USER, "age", 30, 7);
    private static final FeatureField ITEM_ID =
            FeatureField.categorical(
                    FeatureScope.ITEM,
                    "item_id",
                    ITEMS + FeatureField.FIRST,
                    FeatureField.ITEM_TABLE);
    private static final FeatureField TAGS = FeatureField.tags(FeatureScope.ITEM, "tags", 9, 4);
    private static final FeatureField LENGTH =
            FeatureField.numeric(FeatureScope.ITEM, "length", 2, 0.5f);

    static final FeatureSchema SCHEMA = schema(0);

    private final List<int[]> watched = new ArrayList<>();
    private final List<int[]> longWatched = new ArrayList<>();
    private final List<int[]> tags = new ArrayList<>();
    private final int[] moods = new int[USERS];
    private final int[] itemIds = new int[ITEMS];
    private final float[] lengths = new float[ITEMS];
    final RowTable users;
    final RowTable items;

    TowerWorld() {
        SplitRandom random = new SplitRandom(31);
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.USER), USERS)) {
            for (int user = 0; user < USERS; user++) {
                boolean isTwin = user == TWIN_USER;
                // Longer from user to user: the first has watched nothing, the last all it may.
                int[] history = ids(random, user, ITEMS);
                watched.add(isTwin ? watched.getLast() : history);
                longWatched.add(isTwin ? longWatched.getLast() : everyOther(history));
                moods[user] = isTwin ? moods[user - 1] : user == 0 ? 0 : random.nextInt(MOODS);
                rows.append(user);
                rows.values(WATCHED, watched.get(user), 0, watched.get(user).length);
                rows.values(LONG_WATCHED, longWatched.get(user), 0, longWatched.get(user).length);
                rows.category(MOOD, moods[user]);
                if (user != UNKNOWN_USER) {
                    rows.category(USER_ID, user + FeatureField.FIRST);
                    rows.number(AGE, 20 + 3 * user);
                }
            }
            users = rows.build();
        }
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), ITEMS)) {
            for (int item = 0; item < ITEMS; item++) {
                itemIds[item] = item % 50 == 7 ? FeatureField.UNSEEN : item + FeatureField.FIRST;
                tags.add(ids(random, random.nextInt(5), 7));
                lengths[item] =
                        item % 13 == 0 ? Float.NaN : item == 5 ? -1e6f : 4 * random.nextFloat();
                rows.append(item);
                rows.category(ITEM_ID, itemIds[item]);
                rows.values(TAGS, tags.get(item), 0, tags.get(item).length);
                rows.number(LENGTH, lengths[item]);
            }
            items = rows.build();
        }
    }

    /** The schema, or one like it that is another. */
    static FeatureSchema schema(int utcOffsetMinutes) {
        return new FeatureSchema(
                FeatureSchema.FORMAT,
                "towers",
                utcOffsetMinutes,
                List.of(WATCHED, LONG_WATCHED, USER_ID, MOOD, AGE, ITEM_ID, TAGS, LENGTH),
                Map.of());
    }

    /** Towers that were not trained but have biases. */
    static TwoTowerModel model(long seed) {
        TwoTowerModel model = TwoTowerModel.initial(SCHEMA, SHAPE, seed);
        SplitRandom random = new SplitRandom(seed);
        for (TowerNetwork network : List.of(model.queryNetwork(), model.itemNetwork())) {
            for (DenseLayer layer : List.of(network.first(), network.second())) {
                for (int i = 0; i < layer.bias().length; i++) {
                    layer.bias()[i] = 0.2f * (float) random.nextGaussian();
                }
            }
        }
        return model;
    }

    /** The same with embeddings of another type, from a file. */
    static TwoTowerModel model(long seed, WeightType type, Path folder) {
        Path file = folder.resolve("towers-" + type);
        try (TwoTowerModel exact = model(seed)) {
            exact.save(file, type);
        }
        return TwoTowerModel.load(file, SCHEMA);
    }

    /** A user's vector as the documents say it. */
    double[] query(TwoTowerModel model, int user) {
        List<Double> x = new ArrayList<>();
        addMean(x, model.items(), watched.get(user));
        addMean(x, model.items(), longWatched.get(user));
        addMean(x, table(model, "mood"), moods[user]);
        return plainOutput(model.queryNetwork(), x, 2 * SHAPE.dimension());
    }

    /** An item's vector as the documents say it. */
    double[] item(TwoTowerModel model, int item) {
        List<Double> x = new ArrayList<>();
        addMean(x, model.items(), itemIds[item]);
        addMean(x, table(model, "tags"), tags.get(item));
        boolean isMissing = Float.isNaN(lengths[item]);
        x.add(isMissing ? 0 : Math.clamp((lengths[item] - 2) / 0.5, -4.0, 4.0));
        x.add(isMissing ? 1.0 : 0.0);
        return plainOutput(model.itemNetwork(), x, SHAPE.dimension());
    }

    private static double[] plainOutput(TowerNetwork network, List<Double> input, int skip) {
        double[] x = input.stream().mapToDouble(Double::doubleValue).toArray();
        double[] hidden = product(network.first(), x);
        double[] z = new double[hidden.length + skip];
        for (int i = 0; i < hidden.length; i++) {
            z[i] = Math.max(0, hidden[i]);
        }
        System.arraycopy(x, 0, z, hidden.length, skip);
        double[] output = product(network.second(), z);
        double length = Math.sqrt(Arrays.stream(output).map(value -> value * value).sum());
        return Arrays.stream(output).map(value -> value / length).toArray();
    }

    private static double[] product(DenseLayer layer, double[] x) {
        double[] y = new double[layer.outputs()];
        for (int i = 0; i < y.length; i++) {
            y[i] = layer.bias()[i];
            for (int j = 0; j < x.length; j++) {
                y[i] += layer.weights()[i * x.length + j] * x[j];
            }
        }
        return y;
    }

    private static EmbeddingTable table(TwoTowerModel model, String name) {
        return model.tables().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void addMean(List<Double> x, EmbeddingTable table, int... ids) {
        double[] sums = new double[table.dimension()];
        float[] vector = new float[table.dimension()];
        for (int id : ids) {
            table.copyInto(id, vector, 0);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += vector[i];
            }
        }
        for (double sum : sums) {
            x.add(ids.length == 0 ? 0 : sum / ids.length);
        }
    }

    private static int[] everyOther(int[] ids) {
        int[] result = new int[ids.length / 2];
        Arrays.setAll(result, i -> ids[2 * i + 1]);
        return result;
    }

    /** Different ids. */
    private static int[] ids(SplitRandom random, int count, int bound) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            int id = FeatureField.FIRST + random.nextInt(bound);
            boolean isNew = Arrays.stream(ids).noneMatch(other -> other == id);
            ids[i] = isNew ? id : ids[i--];
        }
        return ids;
    }

    @Override
    public void close() {
        users.close();
        items.close();
    }
}
