package io.millrace.server;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Scores pairs by a model of a bundle, one by one, from rows that may be made to lack a field. */
final class PlainModel implements AutoCloseable {
    /** No field of any row. */
    static final String WHOLE = "";

    private final FeatureSchema schema;
    private final DcnModel model;
    private final DcnScorer scorer;
    private final RowTable items;
    private final RowTable users;

    PlainModel(TinyBundle tiny, Path bundle, String file) {
        schema = tiny.schema();
        model = DcnModel.load(bundle.resolve(file), schema);
        scorer = model.newScorer(1);
        items = RowTable.open(bundle.resolve(BundleLayout.ITEMS), schema.layout(FeatureScope.ITEM));
        users = RowTable.open(bundle.resolve(BundleLayout.USERS), schema.layout(FeatureScope.USER));
    }

    float probability(int row, long timestampMs, int ordinal) {
        return probability(row, timestampMs, ordinal, WHOLE);
    }

    /** The probability of a click, of rows that were never given the field. */
    float probability(int row, long timestampMs, int ordinal, String without) {
        ContextEncoder contexts = new ContextEncoder(schema);
        try (Arena arena = Arena.ofConfined();
                RowTable user = copy(users, row, without);
                RowTable item = copy(items, ordinal, without)) {
            MemorySegment context = arena.allocate(contexts.rowBytes(), 64);
            contexts.encodeInto(timestampMs, new int[0], new int[0], 0, context, 0);
            RowLayout layout = schema.layout(FeatureScope.CONTEXT);
            for (FeatureField field : layout.fields()) {
                if (field.name().equals(without)) {
                    context.set(RowLayout.INT, 4L * layout.slotOf(field), FeatureField.MISSING);
                }
            }
            float[] probability = new float[1];
            scorer.scoreInto(
                    user.segment(),
                    user.offset(0),
                    context,
                    0,
                    item.segment(),
                    item.layout().rowBytes(),
                    new int[] {0},
                    1,
                    probability);
            return probability[0];
        }
    }

    private static RowTable copy(RowTable from, int row, String without) {
        RowLayout layout = from.layout();
        MemorySegment rows = from.segment();
        try (RowTable.Builder copy = RowTable.builder(layout, 1)) {
            copy.append(1);
            for (FeatureField field : layout.fields()) {
                long at = from.offset(row) + 4L * layout.slotOf(field);
                if (field.name().equals(without)) {
                    continue;
                }
                if (field.isList()) {
                    int[] ids = new int[rows.get(RowLayout.INT, at)];
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] = rows.get(RowLayout.INT, at + 4L * (i + 1));
                    }
                    copy.values(field, ids, 0, ids.length);
                } else if (field.kind() == FeatureKind.NUMERIC) {
                    float number = rows.get(RowLayout.FLOAT, at);
                    if (!Float.isNaN(number)) {
                        copy.number(field, number);
                    }
                } else {
                    copy.category(field, rows.get(RowLayout.INT, at));
                }
            }
            return copy.build();
        }
    }

    @Override
    public void close() {
        users.close();
        items.close();
        model.close();
    }
}
