package io.millrace.data.train.collaborative;

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

/** A data set of hand-made histories and nothing else. */
public final class WatchedWorld {
    private static final int LONGEST = 12;

    private WatchedWorld() {}

    /** Writes it; histories are ordinals of items, oldest first. */
    public static void write(Path path, int itemCount, int[]... histories) {
        FeatureField watched =
                FeatureField.itemSequence("watched", itemCount + FeatureField.FIRST, LONGEST);
        FeatureSchema schema =
                new FeatureSchema(FeatureSchema.FORMAT, "watched", 0, List.of(watched), Map.of());
        int users = histories.length;
        try (DatasetWriter writer = DatasetWriter.create(path, false);
                RowTable.Builder user = RowTable.builder(schema.layout(FeatureScope.USER), users);
                RowTable.Builder item =
                        RowTable.builder(schema.layout(FeatureScope.ITEM), itemCount);
                InteractionTable.Builder events = InteractionTable.builder(0, schema)) {
            for (int i = 0; i < users; i++) {
                user.append(100 + i);
                int[] ids =
                        Arrays.stream(histories[i]).map(id -> id + FeatureField.FIRST).toArray();
                user.values(watched, ids, 0, ids.length);
            }
            for (int i = 0; i < itemCount; i++) {
                item.append(1_000 + i);
            }
            try (RowTable userRows = user.build();
                    RowTable itemRows = item.build()) {
                writer.writeSchema(schema);
                writer.writeRows(DatasetLayout.USERS, userRows);
                writer.writeRows(DatasetLayout.ITEMS, itemRows);
                writer.writeEvents(DatasetLayout.TRAIN, events);
                writer.writeEvents(DatasetLayout.TEST, events);
                writer.commit(
                        "watched", "test", new DatasetWriter.Counts(users, itemCount, 0, 0), null);
            }
        }
    }
}
