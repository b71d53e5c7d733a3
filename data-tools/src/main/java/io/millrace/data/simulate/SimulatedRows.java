package io.millrace.data.simulate;

import io.millrace.data.dataset.NumberScale;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What shows of the world: the declared features and their rows. Hidden places, qualities and
 * likings are in none of them.
 *
 * <p>Threading: one thread.
 */
final class SimulatedRows {
    /** Context fields in the order {@link Impressions} keeps them. */
    static final List<FeatureField> CONTEXT_FIELDS =
            List.of(
                    FeatureField.context("hour", Calendar.HOURS, ContextSource.HOUR_OF_DAY, -1),
                    FeatureField.context(
                            "day_of_week", Calendar.DAYS_OF_WEEK, ContextSource.DAY_OF_WEEK, -1),
                    FeatureField.context("device", UserWorld.DEVICES, ContextSource.REQUEST, 0),
                    FeatureField.context("position", Viewer.SLATE, ContextSource.REQUEST, 0));

    /** The caller's ids begin here, so that nobody takes an id for a row. */
    static final long FIRST_USER_ID = 1_000_000_001L;

    /** See {@link #FIRST_USER_ID}. */
    static final long FIRST_ITEM_ID = 5_000_000_001L;

    private static final int DAYS_PER_WEEK = 7;
    private static final int OLDEST_DAY = -91;
    private static final float[] DURATION_EDGES = {7, 10, 14, 19, 26, 36, 50, 75, 120};

    private final ItemWorld items;
    private final UserWorld users;
    private final Histories histories;
    private final Map<String, float[]> userNumbers = new LinkedHashMap<>();
    private final Map<String, float[]> itemNumbers = new LinkedHashMap<>();

    SimulatedRows(ItemWorld items, UserWorld users, Histories histories) {
        this.items = items;
        this.users = users;
        this.histories = histories;
        float[] logDurations = logs(items.durationOf);
        userNumbers.put("log_history_length", logCounts(histories.userViews));
        userNumbers.put("long_view_rate", histories.userLongRates());
        userNumbers.put("like_rate", histories.userLikeRates());
        userNumbers.put("log_register_days", logCounts(users.registerDaysOf));
        userNumbers.put("long_watched_log_duration", meanOverLongWatched(logDurations));
        itemNumbers.put("log_duration", logDurations);
        itemNumbers.put("log_views", histories.itemLogViews());
        itemNumbers.put("item_long_view_rate", histories.itemLongRates());
        itemNumbers.put(
                "creator_long_view_rate",
                spread(histories.groupLongRates(items.creatorOf, items.creators), items.creatorOf));
    }

    FeatureSchema schema() {
        int itemIds = items.count + FeatureField.FIRST;
        List<FeatureField> fields = new ArrayList<>();
        fields.add(FeatureField.itemSequence("watched", itemIds, Histories.LENGTH));
        fields.add(FeatureField.itemSequence("long_watched", itemIds, Histories.LENGTH));
        fields.add(FeatureField.itemSequence("liked", itemIds, Histories.LENGTH));
        fields.add(
                FeatureField.categorical(
                        FeatureScope.USER,
                        "user_id",
                        users.count + FeatureField.FIRST,
                        FeatureField.USER_TABLE));
        fields.add(category(FeatureScope.USER, "age_band", UserWorld.AGE_BANDS));
        fields.add(category(FeatureScope.USER, "region", UserWorld.REGIONS));
        fields.add(category(FeatureScope.USER, "own_device", UserWorld.DEVICES));
        userNumbers.forEach((name, values) -> fields.add(number(FeatureScope.USER, name, values)));
        fields.addAll(CONTEXT_FIELDS);
        fields.add(
                FeatureField.categorical(
                        FeatureScope.ITEM, "item_id", itemIds, FeatureField.ITEM_TABLE));
        fields.add(category(FeatureScope.ITEM, "creator", items.creators));
        fields.add(category(FeatureScope.ITEM, "category", ItemWorld.CATEGORIES));
        fields.add(category(FeatureScope.ITEM, "duration_bucket", DURATION_EDGES.length + 1));
        fields.add(category(FeatureScope.ITEM, "upload_week", weekOf(Calendar.SERVING_DAY) + 1));
        fields.add(
                FeatureField.tags(
                        FeatureScope.ITEM,
                        "tags",
                        ItemWorld.TAGS + FeatureField.FIRST,
                        ItemWorld.MOST_TAGS));
        itemNumbers.forEach((name, values) -> fields.add(number(FeatureScope.ITEM, name, values)));
        return new FeatureSchema(FeatureSchema.FORMAT, "simulated", 0, fields, Map.of());
    }

    RowTable userRows(FeatureSchema schema) {
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.USER), users.count)) {
            for (int user = 0; user < users.count; user++) {
                rows.append(FIRST_USER_ID + user);
                setSequence(rows, schema.field("watched"), histories.watched[user]);
                setSequence(rows, schema.field("long_watched"), histories.longWatched[user]);
                setSequence(rows, schema.field("liked"), histories.liked[user]);
                rows.category(schema.field("user_id"), user + FeatureField.FIRST);
                rows.category(schema.field("age_band"), users.ageBandOf[user] + FeatureField.FIRST);
                rows.category(schema.field("region"), users.regionOf[user] + FeatureField.FIRST);
                rows.category(
                        schema.field("own_device"), users.deviceOf[user] + FeatureField.FIRST);
                setNumbers(rows, schema, userNumbers, user);
            }
            return rows.build();
        }
    }

    RowTable itemRows(FeatureSchema schema) {
        int[] tags = new int[ItemWorld.MOST_TAGS];
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.ITEM), items.count)) {
            for (int item = 0; item < items.count; item++) {
                rows.append(FIRST_ITEM_ID + item);
                rows.category(schema.field("item_id"), item + FeatureField.FIRST);
                rows.category(schema.field("creator"), items.creatorOf[item] + FeatureField.FIRST);
                rows.category(
                        schema.field("category"), items.categoryOf[item] + FeatureField.FIRST);
                rows.category(
                        schema.field("duration_bucket"),
                        bucketOf(items.durationOf[item]) + FeatureField.FIRST);
                rows.category(
                        schema.field("upload_week"),
                        weekOf(items.birthDayOf[item]) + FeatureField.FIRST);
                for (int i = 0; i < items.tagCountOf[item]; i++) {
                    tags[i] = items.tagsOf[item * ItemWorld.MOST_TAGS + i] + FeatureField.FIRST;
                }
                rows.values(schema.field("tags"), tags, 0, items.tagCountOf[item]);
                setNumbers(rows, schema, itemNumbers, item);
            }
            return rows.build();
        }
    }

    private float[] meanOverLongWatched(float[] ofItem) {
        float[] result = new float[users.count];
        for (int user = 0; user < result.length; user++) {
            double sum = 0;
            for (int item : histories.longWatched[user]) {
                sum += ofItem[item];
            }
            int count = histories.longWatched[user].length;
            result[user] = count == 0 ? Float.NaN : (float) (sum / count);
        }
        return result;
    }

    private static void setSequence(RowTable.Builder rows, FeatureField field, int[] items) {
        int[] ids = new int[items.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = items[i] + FeatureField.FIRST;
        }
        rows.values(field, ids, 0, ids.length);
    }

    private static void setNumbers(
            RowTable.Builder rows, FeatureSchema schema, Map<String, float[]> numbers, int row) {
        for (Map.Entry<String, float[]> number : numbers.entrySet()) {
            rows.number(schema.field(number.getKey()), number.getValue()[row]);
        }
    }

    private static FeatureField category(FeatureScope scope, String name, int values) {
        return FeatureField.categorical(scope, name, values + FeatureField.FIRST);
    }

    private static FeatureField number(FeatureScope scope, String name, float[] values) {
        NumberScale scale = NumberScale.of(values);
        return FeatureField.numeric(scope, name, scale.mean(), scale.standardDeviation());
    }

    private static int bucketOf(float seconds) {
        int bucket = 0;
        while (bucket < DURATION_EDGES.length && seconds >= DURATION_EDGES[bucket]) {
            bucket++;
        }
        return bucket;
    }

    private static int weekOf(int day) {
        return (day - OLDEST_DAY) / DAYS_PER_WEEK;
    }

    private static float[] logs(float[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) StrictMath.log(values[i]);
        }
        return result;
    }

    private static float[] logCounts(int[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) StrictMath.log1p(values[i]);
        }
        return result;
    }

    private static float[] logCounts(short[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) StrictMath.log1p(values[i]);
        }
        return result;
    }

    private static float[] spread(float[] ofGroup, int[] groupOf) {
        float[] result = new float[groupOf.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = ofGroup[groupOf[i]];
        }
        return result;
    }
}
