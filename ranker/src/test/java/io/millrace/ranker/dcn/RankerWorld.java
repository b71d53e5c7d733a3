package io.millrace.ranker.dcn;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.SequencePooling;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.SequenceMatch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Users and items of random features of every kind, kept beside their rows as plain values, and the
 * ranker's input in plain loops of double precision over those values.
 */
final class RankerWorld implements AutoCloseable {
    static final int USERS = 5;
    static final int ITEMS = 700;
    static final int TABS = 3;

    private static final FeatureField WATCHED =
            FeatureField.itemSequence("watched", ITEMS + FeatureField.FIRST, 6);
    private static final float HALF_LIFE = 2.5f;
    private static final FeatureField RECENT =
            FeatureField.itemSequence("recent", ITEMS + FeatureField.FIRST, 6)
                    .withPooling(SequencePooling.recency(HALF_LIFE));
    private static final FeatureField LIKED =
            FeatureField.itemSequence("liked", ITEMS + FeatureField.FIRST, 9)
                    .withPooling(SequencePooling.ATTENTION);
    private static final FeatureField USER_ID =
            FeatureField.categorical(
                    FeatureScope.USER, "user_id", USERS + FeatureField.FIRST, "user");
    private static final FeatureField AGE = FeatureField.numeric(FeatureScope.USER, "age", 30, 7);
    private static final FeatureField TAB =
            FeatureField.context("tab", TABS, ContextSource.REQUEST, 0);
    private static final FeatureField ITEM_ID =
            FeatureField.categorical(
                    FeatureScope.ITEM, "item_id", ITEMS + FeatureField.FIRST, "item");
    private static final FeatureField TAGS = FeatureField.tags(FeatureScope.ITEM, "tags", 9, 4);
    private static final FeatureField LENGTH =
            FeatureField.numeric(FeatureScope.ITEM, "length", 2, 0.5f);

    private static final FeatureField CLICKS =
            FeatureField.rate(
                    "clicks",
                    new FeatureRate(FeatureRate.Event.CLICK, "item_id", 60, 0.5f, 20),
                    0.4f,
                    0.2f);
    private static final FeatureField WATCHES =
            FeatureField.rate(
                    "watches",
                    new FeatureRate(FeatureRate.Event.WATCH, "tags", 60, 0.5f, 20),
                    0.6f,
                    0.1f);

    static final FeatureSchema SCHEMA = schema(0);

    private final Arena arena = Arena.ofConfined();
    private final List<int[]> watched = new ArrayList<>();
    private final List<int[]> liked = new ArrayList<>();
    private final List<int[]> tags = new ArrayList<>();
    private final float[] ages = new float[USERS];
    private final float[] lengths = new float[ITEMS];
    private final float[][] rates = new float[ITEMS][];
    final RowTable users;
    final RowTable items;
    final MemorySegment contexts;
    final int contextBytes;

    RankerWorld() {
        SplitRandom random = new SplitRandom(11);
        try (RowTable.Builder builder = RowTable.builder(SCHEMA.layout(FeatureScope.USER), USERS)) {
            for (int user = 0; user < USERS; user++) {
                watched.add(ids(random, user == 0 ? 0 : random.nextInt(7), ITEMS));
                liked.add(ids(random, user == 1 ? 0 : 1 + random.nextInt(9), ITEMS));
                // Missing, and far beyond the clip, among others.
                ages[user] =
                        user == 1 ? Float.NaN : user == 2 ? 1e6f : 20 + 20 * random.nextFloat();
                builder.append(user);
                builder.values(WATCHED, watched.get(user), 0, watched.get(user).length);
                builder.values(RECENT, watched.get(user), 0, watched.get(user).length);
                builder.values(LIKED, liked.get(user), 0, liked.get(user).length);
                builder.category(USER_ID, user + FeatureField.FIRST);
                builder.number(AGE, ages[user]);
            }
            users = builder.build();
        }
        try (RowTable.Builder builder = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), ITEMS)) {
            for (int item = 0; item < ITEMS; item++) {
                tags.add(ids(random, random.nextInt(5), 7));
                lengths[item] = item % 13 == 0 ? Float.NaN : 4 * random.nextFloat();
                builder.append(item);
                builder.category(ITEM_ID, item + FeatureField.FIRST);
                builder.values(TAGS, tags.get(item), 0, tags.get(item).length);
                builder.number(LENGTH, lengths[item]);
            }
            items = builder.build();
        }
        // After the rest, which stays as it is without them.
        for (int item = 0; item < ITEMS; item++) {
            rates[item] =
                    new float[] {
                        item % 11 == 0 ? Float.NaN : random.nextFloat(),
                        item % 5 == 0 ? Float.NaN : random.nextFloat()
                    };
        }
        contextBytes = SCHEMA.layout(FeatureScope.CONTEXT).rowBytes();
        contexts = arena.allocate((long) TABS * contextBytes, 64);
        for (int tab = 0; tab < TABS; tab++) {
            contexts.set(RowLayout.INT, (long) tab * contextBytes, tab + FeatureField.FIRST);
        }
    }

    /** The schema, or one like it that is another. */
    static FeatureSchema schema(int utcOffsetMinutes) {
        return new FeatureSchema(
                FeatureSchema.FORMAT,
                "world",
                utcOffsetMinutes,
                List.of(
                        WATCHED, RECENT, LIKED, USER_ID, AGE, TAB, ITEM_ID, TAGS, LENGTH, CLICKS,
                        WATCHES),
                Map.of());
    }

    /** Room for the impressions' rows of so many candidates. */
    static MemorySegment impressionRows(int candidates) {
        long rowBytes = SCHEMA.layout(FeatureScope.IMPRESSION).rowBytes();
        return Arena.ofAuto().allocate(candidates * rowBytes, 64);
    }

    /** Writes the impressions' rows of candidates. */
    void writeImpressions(int[] ordinals, int count, MemorySegment rows) {
        long rowBytes = SCHEMA.layout(FeatureScope.IMPRESSION).rowBytes();
        for (int i = 0; i < count; i++) {
            rows.set(RowLayout.FLOAT, i * rowBytes, rates[ordinals[i]][0]);
            rows.set(RowLayout.FLOAT, i * rowBytes + 4, rates[ordinals[i]][1]);
        }
    }

    /** The ranker's input as the documents say it. */
    double[] input(DcnModel model, int user, int tab, int item) {
        List<Double> x = new ArrayList<>();
        boolean isWhole = !model.shape().isSeparable();
        mean(x, table(model, "item"), watched.get(user));
        recent(x, table(model, "item"), watched.get(user));
        if (!isWhole) {
            mean(x, table(model, "item"), liked.get(user));
        }
        mean(x, table(model, "user"), user + FeatureField.FIRST);
        number(x, ages[user], 30, 7);
        mean(x, table(model, "tab"), tab + FeatureField.FIRST);
        mean(x, table(model, "item"), item + FeatureField.FIRST);
        mean(x, table(model, "tags"), tags.get(item));
        number(x, lengths[item], 2, 0.5);
        if (isWhole) {
            double scale = Math.exp(model.input().attentions().getFirst().logScale()[0]);
            attended(x, table(model, "item"), liked.get(user), item + FeatureField.FIRST, scale);
            if (!model.input().matches().isEmpty()) {
                int candidate = item + FeatureField.FIRST;
                matched(x, model.input().matches().get(0), watched.get(user), candidate);
                matched(x, model.input().matches().get(1), watched.get(user), candidate);
                matched(x, model.input().matches().get(2), liked.get(user), candidate);
            }
            number(x, rates[item][0], 0.4f, 0.2f);
            number(x, rates[item][1], 0.6f, 0.1f);
        }
        while (x.size() % 16 != 0) {
            x.add(0.0);
        }
        return x.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static EmbeddingTable table(DcnModel model, String name) {
        EmbeddingTable table = model.input().tables().get(name);
        if (table == null) {
            throw new AssertionError("no table " + name);
        }
        return table;
    }

    private static void mean(List<Double> x, EmbeddingTable table, int... ids) {
        double[] weights = new double[ids.length];
        Arrays.fill(weights, 1);
        weighted(x, table, ids, weights);
    }

    private static void recent(List<Double> x, EmbeddingTable table, int... ids) {
        double[] weights = new double[ids.length];
        for (int i = 0; i < ids.length; i++) {
            weights[i] = Math.pow(0.5, (ids.length - 1 - i) / HALF_LIFE);
        }
        weighted(x, table, ids, weights);
    }

    private static void attended(
            List<Double> x, EmbeddingTable table, int[] ids, int candidate, double scale) {
        double[] weights = new double[ids.length];
        float[] other = vector(table, candidate);
        for (int i = 0; i < ids.length; i++) {
            float[] vector = vector(table, ids[i]);
            double product = 0;
            for (int k = 0; k < vector.length; k++) {
                product += (double) vector[k] * other[k];
            }
            weights[i] = Math.exp(scale * product);
        }
        weighted(x, table, ids, weights);
    }

    private static void matched(List<Double> x, SequenceMatch match, int[] ids, int candidate) {
        float[] other = vector(match.vectors(), candidate);
        double sum = 0;
        double lengths = 0;
        for (int id : ids) {
            float[] vector = vector(match.vectors(), id);
            for (int k = 0; k < vector.length; k++) {
                sum += (double) vector[k] * other[k];
                lengths += Math.abs(vector[k]);
            }
        }
        if (lengths == 0 || isZero(other)) {
            x.add(0.0);
            x.add(1.0);
            return;
        }
        double root = Math.sqrt(Math.max(0, sum / ids.length));
        x.add(Math.clamp((root - match.mean()) / match.deviation(), -4.0, 4.0));
        x.add(0.0);
    }

    private static boolean isZero(float[] vector) {
        return Arrays.equals(vector, new float[vector.length]);
    }

    /** Vectors of the items, of which some are zero: nothing is known of those. */
    static EmbeddingTable matchVectors() {
        EmbeddingTable vectors =
                new EmbeddingTable(SequenceMatch.TABLE, ITEMS + FeatureField.FIRST, 19);
        vectors.fillGaussian(0.4, 21);
        for (int id = 0; id < vectors.rows(); id += 9) {
            vectors.segment().asSlice(vectors.offset(id), 4L * 19).fill((byte) 0);
        }
        return vectors;
    }

    private static void weighted(
            List<Double> x, EmbeddingTable table, int[] ids, double[] weights) {
        double weightSum = Arrays.stream(weights).sum();
        double[] sums = new double[table.dimension()];
        for (int i = 0; i < ids.length; i++) {
            float[] vector = vector(table, ids[i]);
            for (int k = 0; k < sums.length; k++) {
                sums[k] += weights[i] * vector[k];
            }
        }
        for (double sum : sums) {
            x.add(ids.length == 0 ? 0 : sum / weightSum);
        }
    }

    private static float[] vector(EmbeddingTable table, int id) {
        float[] vector = new float[table.dimension()];
        table.copyInto(id, vector, 0);
        return vector;
    }

    private static void number(List<Double> x, float value, double mean, double deviation) {
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

    @Override
    public void close() {
        users.close();
        items.close();
        arena.close();
    }
}
