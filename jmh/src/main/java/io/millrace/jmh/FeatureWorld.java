package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Random users and items with the features a short-video feed has. */
final class FeatureWorld {
    /** Items of a user's history. */
    static final int HISTORY = 50;

    /** First part of the ids of users, so that ids are no row numbers. */
    static final long FIRST_USER_ID = 1_000_000;

    private static final String LONG_WATCHED = "long_watched";
    private static final int LONG = 20;
    private static final int SEGMENTS = 20;
    private static final int LANGUAGES = 30;
    private static final int TAGS = 100;
    private static final int MOST_TAGS = 4;
    private static final int ITEMS_PER_CREATOR = 100;
    private static final long NOON_MS = 12 * 3_600_000L;

    private final FeatureSchema schema;
    private final int userCount;
    private final int itemCount;

    FeatureWorld(int userCount, int itemCount) {
        this(userCount, itemCount, List.of());
    }

    /** With a history of what was watched for long, which towers ask for. */
    static FeatureWorld ofTowers(int userCount, int itemCount) {
        int itemIds = itemCount + FeatureField.FIRST;
        return new FeatureWorld(
                userCount,
                itemCount,
                List.of(FeatureField.itemSequence(LONG_WATCHED, itemIds, HISTORY)));
    }

    private FeatureWorld(int userCount, int itemCount, List<FeatureField> more) {
        this.userCount = userCount;
        this.itemCount = itemCount;
        int itemIds = itemCount + FeatureField.FIRST;
        this.schema =
                new FeatureSchema(
                                FeatureSchema.FORMAT,
                                "benchmark",
                                0,
                                List.of(
                                        FeatureField.itemSequence("watched", itemIds, HISTORY),
                                        categorical(FeatureScope.USER, "segment", SEGMENTS),
                                        categorical(FeatureScope.USER, "speaks", LANGUAGES),
                                        FeatureField.numeric(FeatureScope.USER, "age", 0, 1),
                                        FeatureField.numeric(FeatureScope.USER, "activity", 0, 1),
                                        FeatureField.context(
                                                "hour", 24, ContextSource.HOUR_OF_DAY, -1),
                                        FeatureField.context("tab", 5, ContextSource.REQUEST, 0),
                                        FeatureField.categorical(
                                                FeatureScope.ITEM,
                                                "item_id",
                                                itemIds,
                                                FeatureField.ITEM_TABLE),
                                        categorical(FeatureScope.ITEM, "creator", creators()),
                                        categorical(FeatureScope.ITEM, "language", LANGUAGES),
                                        FeatureField.tags(
                                                FeatureScope.ITEM,
                                                "tags",
                                                TAGS + FeatureField.FIRST,
                                                MOST_TAGS),
                                        FeatureField.numeric(FeatureScope.ITEM, "length", 0, 1),
                                        FeatureField.numeric(FeatureScope.ITEM, "likes", 0, 1)),
                                Map.of())
                        .with(more);
    }

    FeatureSchema schema() {
        return schema;
    }

    /** A row for each user, with ids from {@link #FIRST_USER_ID}; to be closed by the caller. */
    RowTable users() {
        SplitRandom random = new SplitRandom(31);
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.USER), userCount)) {
            for (int user = 0; user < userCount; user++) {
                rows.append(FIRST_USER_ID + user);
                rows.values(field("watched"), ids(random, HISTORY, itemCount), 0, HISTORY);
                if (schema.hasField(LONG_WATCHED)) {
                    rows.values(field(LONG_WATCHED), ids(random, LONG, itemCount), 0, LONG);
                }
                rows.category(field("segment"), id(random, SEGMENTS));
                rows.category(field("speaks"), id(random, LANGUAGES));
                rows.number(field("age"), (float) random.nextGaussian());
                rows.number(field("activity"), (float) random.nextGaussian());
            }
            return rows.build();
        }
    }

    /** A row for each item, in the order of ordinals; to be closed by the caller. */
    RowTable items() {
        SplitRandom random = new SplitRandom(37);
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.ITEM), itemCount)) {
            for (int item = 0; item < itemCount; item++) {
                rows.append(item);
                rows.category(field("item_id"), item + FeatureField.FIRST);
                rows.category(field("creator"), creatorOf(item));
                rows.category(field("language"), id(random, LANGUAGES));
                rows.values(field("tags"), ids(random, MOST_TAGS, TAGS), 0, MOST_TAGS);
                rows.number(field("length"), (float) random.nextGaussian());
                rows.number(field("likes"), (float) random.nextGaussian());
            }
            return rows.build();
        }
    }

    /** Fills a context row with noon and the first tab. */
    void fillContext(MemorySegment row) {
        ContextEncoder encoder = new ContextEncoder(schema);
        encoder.encodeInto(NOON_MS, new int[0], new int[0], 0, row, 0);
    }

    /** The id of an item's creator; neighbours share theirs. */
    static int creatorOf(int item) {
        return FeatureField.FIRST + item / ITEMS_PER_CREATOR;
    }

    private int creators() {
        return itemCount / ITEMS_PER_CREATOR + 1;
    }

    private FeatureField field(String name) {
        return schema.field(name);
    }

    private static FeatureField categorical(FeatureScope scope, String name, int values) {
        return FeatureField.categorical(scope, name, values + FeatureField.FIRST);
    }

    private static int id(SplitRandom random, int values) {
        return FeatureField.FIRST + random.nextInt(values);
    }

    private static int[] ids(SplitRandom random, int count, int values) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = id(random, values);
        }
        return ids;
    }
}
