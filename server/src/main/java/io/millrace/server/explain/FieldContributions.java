package io.millrace.server.explain;

import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the value of an item would lose if a feature were missing: the item is scored again without
 * it, all else as it is. What follows from the feature in another field, such as a crossed one,
 * stays. Contributions need not sum up to the value.
 *
 * <p>Threading: one thread. Allocation: as it is asked.
 */
public final class FieldContributions {
    private final DcnScorer scorer;
    private final Rows user;
    private final Rows context;
    private final Rows items;
    private final Rows impressions;
    private final List<Explanation.Field> fields = new ArrayList<>();
    private final int[] ordinals;

    /**
     * Contributions to the values of a scorer.
     *
     * @param schema the declared features
     * @param scorer reads the rows of impressions where they are given
     * @param impressionRows room for one of each item; empty where there are no rates
     */
    public FieldContributions(
            FeatureSchema schema, DcnScorer scorer, MemorySegment impressionRows) {
        this.scorer = scorer;
        int most = scorer.maxCandidates();
        Arena memory = Arena.ofAuto();
        user = new Rows(schema.layout(FeatureScope.USER), memory, 1);
        context = new Rows(schema.layout(FeatureScope.CONTEXT), memory, 1);
        items = new Rows(schema.layout(FeatureScope.ITEM), memory, most);
        impressions = new Rows(schema.layout(FeatureScope.IMPRESSION), impressionRows);
        addFields(FieldScopeCode.USER, user);
        addFields(FieldScopeCode.CONTEXT, context);
        addFields(FieldScopeCode.ITEM, items);
        addFields(FieldScopeCode.IMPRESSION, impressions);
        ordinals = new int[most];
        Arrays.setAll(ordinals, item -> item);
    }

    private void addFields(FieldScopeCode scope, Rows rows) {
        rows.layout
                .fields()
                .forEach(field -> fields.add(new Explanation.Field(scope, field.name())));
    }

    /**
     * What contributes.
     *
     * @return the features in the order of the contributions
     */
    public List<Explanation.Field> fields() {
        return List.copyOf(fields);
    }

    /**
     * Takes over the row of an item, to be scored.
     *
     * @param item its number in the next call of {@link #of}
     * @param rows memory of the row
     * @param offset where it begins, in bytes
     */
    public void item(int item, MemorySegment rows, long offset) {
        items.take(item, rows, offset);
    }

    /**
     * Tells the contributions to the values of the items that were taken over.
     *
     * @param userRow row of the user, at 0
     * @param contextRow row of the context, at 0
     * @param count how many items
     * @return by item, for each field
     */
    public float[][] of(MemorySegment userRow, MemorySegment contextRow, int count) {
        user.take(0, userRow, 0);
        context.take(0, contextRow, 0);
        float[] whole = new float[count];
        score(count, whole);
        float[][] contributions = new float[count][fields.size()];
        int first = 0;
        for (Rows rows : List.of(user, context, items, impressions)) {
            int affected = rows == user || rows == context ? 1 : count;
            for (int i = 0; i < rows.layout.fields().size(); i++) {
                float[] without = new float[count];
                byte[][] kept = rows.blank(i, affected);
                score(count, without);
                rows.restore(i, kept);
                for (int item = 0; item < count; item++) {
                    contributions[item][first + i] = whole[item] - without[item];
                }
            }
            first += rows.layout.fields().size();
        }
        return contributions;
    }

    private void score(int count, float[] values) {
        scorer.scoreInto(
                user.memory,
                0,
                context.memory,
                0,
                items.memory,
                items.layout.rowBytes(),
                ordinals,
                count,
                values);
    }

    /** Rows of one scope, one behind the other. */
    private static final class Rows {
        private final RowLayout layout;
        private final MemorySegment memory;

        Rows(RowLayout layout, Arena arena, int count) {
            this(
                    layout,
                    arena.allocate(
                            (long) count * layout.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES));
        }

        Rows(RowLayout layout, MemorySegment memory) {
            this.layout = layout;
            this.memory = memory;
        }

        void take(int row, MemorySegment from, long offset) {
            MemorySegment.copy(from, offset, memory, offset(row), layout.rowBytes());
        }

        private long offset(int row) {
            return (long) row * layout.rowBytes();
        }

        private MemorySegment slots(int row, int field) {
            long offset = offset(row) + (long) Integer.BYTES * layout.slotOf(field);
            int slots = layout.fields().get(field).slots();
            return memory.asSlice(offset, (long) Integer.BYTES * slots);
        }

        /** Makes a field missing in the first rows, and returns what it was. */
        byte[][] blank(int field, int count) {
            FeatureField blanked = layout.fields().get(field);
            byte[][] kept = new byte[count][];
            for (int row = 0; row < count; row++) {
                MemorySegment slots = slots(row, field);
                kept[row] = slots.toArray(ValueLayout.JAVA_BYTE);
                slots.fill((byte) 0);
                if (blanked.kind() == FeatureKind.NUMERIC) {
                    slots.set(RowLayout.FLOAT, 0, Float.NaN);
                }
            }
            return kept;
        }

        void restore(int field, byte[][] kept) {
            for (int row = 0; row < kept.length; row++) {
                MemorySegment.copy(
                        MemorySegment.ofArray(kept[row]),
                        0,
                        slots(row, field),
                        0,
                        kept[row].length);
            }
        }
    }
}
