package io.millrace.data.train.tower;

import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.TowerShape;
import io.millrace.ranker.tower.TwoTowerModel;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Users of hand-made histories and towers that were not trained. */
final class TowerWorld implements AutoCloseable {
    static final int ITEMS = 40;

    private static final int LONGEST = 9;
    private static final FeatureField WATCHED =
            FeatureField.itemSequence("watched", ITEMS + FeatureField.FIRST, LONGEST);
    private static final FeatureField LONG_WATCHED =
            FeatureField.itemSequence("long_watched", ITEMS + FeatureField.FIRST, LONGEST);
    private static final FeatureField MOOD = FeatureField.categorical(FeatureScope.USER, "mood", 5);
    private static final FeatureField ITEM_ID =
            FeatureField.categorical(
                    FeatureScope.ITEM,
                    "item_id",
                    ITEMS + FeatureField.FIRST,
                    FeatureField.ITEM_TABLE);
    private static final FeatureField LENGTH =
            FeatureField.numeric(FeatureScope.ITEM, "length", 0, 1);
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "towers",
                    0,
                    List.of(WATCHED, LONG_WATCHED, MOOD, ITEM_ID, LENGTH),
                    Map.of());

    /** Ids of the watched items of each user, oldest first; one stands there twice. */
    static final int[][] HISTORIES = {
        {5, 9, 12, 7, 41, 2}, {}, {8, 30, 8, 11}, {20, 21, 22, 23, 24, 25, 26, 27, 28}, {3, 4}
    };

    private static final int[][] LONG_HISTORIES = {{9, 41}, {}, {8}, {20, 23, 25, 28}, {}};

    final RowTable users;
    final TwoTowerModel model;

    TowerWorld(TowerShape shape) {
        model = TwoTowerModel.initial(SCHEMA, shape, 17);
        int count = HISTORIES.length;
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.USER), count)) {
            for (int user = 0; user < count; user++) {
                rows.append(100 + user);
                rows.values(WATCHED, HISTORIES[user], 0, HISTORIES[user].length);
                rows.values(LONG_WATCHED, LONG_HISTORIES[user], 0, LONG_HISTORIES[user].length);
            }
            users = rows.build();
        }
    }

    /** Writes a data set in which no user watched more than one item. */
    static void writeNewcomers(Path path) {
        try (DatasetWriter writer = DatasetWriter.create(path, false);
                RowTable.Builder users = RowTable.builder(SCHEMA.layout(FeatureScope.USER), 3);
                RowTable.Builder items = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), 1);
                InteractionTable.Builder events = InteractionTable.builder(0, SCHEMA)) {
            for (int user = 0; user < 3; user++) {
                users.append(user);
                users.values(WATCHED, new int[] {FeatureField.FIRST}, 0, user % 2);
            }
            items.append(7);
            items.category(ITEM_ID, FeatureField.FIRST);
            try (RowTable userRows = users.build();
                    RowTable itemRows = items.build()) {
                writer.writeSchema(SCHEMA);
                writer.writeRows(DatasetLayout.USERS, userRows);
                writer.writeRows(DatasetLayout.ITEMS, itemRows);
                writer.writeEvents(DatasetLayout.TRAIN, events);
                writer.writeEvents(DatasetLayout.TEST, events);
                writer.commit("newcomers", "test", new DatasetWriter.Counts(3, 1, 0, 0), null);
            }
        }
    }

    /** Whether a user watched an item. */
    static boolean isWatched(int user, int item) {
        return Arrays.stream(HISTORIES[user]).anyMatch(id -> id == item);
    }

    /** Whether a user watched an item for long. */
    static boolean isLong(int user, int item) {
        return Arrays.stream(LONG_HISTORIES[user]).anyMatch(id -> id == item);
    }

    static void fillGaussian(float[] values, SplitRandom random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
    }

    @Override
    public void close() {
        users.close();
        model.close();
    }
}
