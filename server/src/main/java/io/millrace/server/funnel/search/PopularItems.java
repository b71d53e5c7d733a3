package io.millrace.server.funnel.search;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.server.funnel.filter.ItemFilter;
import io.millrace.server.living.LivingItems;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The items that the known users met most often: candidates for a user of whom nothing is known.
 *
 * <p>Threading: immutable once made.
 */
public final class PopularItems {
    private final int[] ordinals;

    private PopularItems(int[] ordinals) {
        this.ordinals = ordinals;
    }

    /**
     * Counts the item ids in the histories of all users.
     *
     * @param users rows of the users
     * @param schema of the rows
     * @param items how many items there are
     * @param limit the most items to keep
     * @return most popular first, ties by lower ordinal; empty when there are no histories
     */
    public static PopularItems of(RowTable users, FeatureSchema schema, int items, int limit) {
        int[] counts = new int[items];
        boolean isKnown = false;
        List<FeatureField> fields = schema.fields(FeatureScope.USER);
        for (int i = 0; i < fields.size(); i++) {
            FeatureField field = fields.get(i);
            if (field.kind() == FeatureKind.SEQUENCE
                    && field.table().equals(FeatureField.ITEM_TABLE)) {
                isKnown |= count(users, 4L * users.layout().slotOf(i), counts);
            }
        }
        if (!isKnown) {
            return new PopularItems(new int[0]);
        }
        long[] byPopularity = new long[items];
        for (int ordinal = 0; ordinal < items; ordinal++) {
            byPopularity[ordinal] = ((long) -counts[ordinal] << 32) | ordinal;
        }
        Arrays.sort(byPopularity);
        return new PopularItems(
                Arrays.stream(byPopularity).limit(limit).mapToInt(key -> (int) key).toArray());
    }

    /** Whether nobody has met any. */
    public boolean isEmpty() {
        return ordinals.length == 0;
    }

    /** The most popular one, be it served or not; any where nobody has met one. */
    @HotPath
    public int first() {
        return ordinals.length == 0 ? 0 : ordinals[0];
    }

    /** Copies the first of them that are served and wanted and returns how many there were. */
    @HotPath
    public int copyInto(int[] target, int count, LivingItems living, ItemFilter wanted) {
        int copied = 0;
        for (int i = 0; i < ordinals.length && copied < count; i++) {
            if (living.contains(ordinals[i]) && wanted.accepts(ordinals[i])) {
                target[copied++] = ordinals[i];
            }
        }
        return copied;
    }

    private static boolean count(RowTable users, long slotOffset, int[] counts) {
        MemorySegment rows = users.segment();
        boolean isKnown = false;
        for (int row = 0; row < users.count(); row++) {
            long at = users.offset(row) + slotOffset;
            int values = rows.get(RowLayout.INT, at);
            for (int i = 1; i <= values; i++) {
                int ordinal = rows.get(RowLayout.INT, at + 4L * i) - FeatureField.FIRST;
                if (ordinal >= 0 && ordinal < counts.length) {
                    counts[ordinal]++;
                    isKnown = true;
                }
            }
        }
        return isKnown;
    }
}
