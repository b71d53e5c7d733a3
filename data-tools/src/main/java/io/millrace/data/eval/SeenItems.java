package io.millrace.data.eval;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import java.util.Arrays;
import java.util.List;

/**
 * What users met before: the items in the sequences of their rows, the very ones the server leaves
 * out of its answers.
 *
 * <p>Threading: immutable. Allocation: the answer.
 */
final class SeenItems {
    private final RowTable users;
    private final long[] slotOffsets;
    private final long watchedSlotOffset;

    SeenItems(FeatureSchema schema, RowTable users) {
        this.users = users;
        RowLayout layout = schema.layout(FeatureScope.USER);
        List<FeatureField> sequences =
                layout.fields().stream()
                        .filter(
                                field ->
                                        field.kind() == FeatureKind.SEQUENCE
                                                && field.table().equals(FeatureField.ITEM_TABLE))
                        .toList();
        this.slotOffsets =
                sequences.stream().mapToLong(field -> 4L * layout.slotOf(field)).toArray();
        this.watchedSlotOffset =
                schema.hasField("watched")
                        ? 4L * layout.slotOf(schema.field("watched"))
                        : slotOffsets.length == 0 ? -1 : slotOffsets[0];
    }

    /** Distinct ordinals of all the user met, ascending. */
    int[] of(int user) {
        int count = 0;
        for (long slot : slotOffsets) {
            count += length(user, slot);
        }
        int[] ordinals = new int[count];
        int at = 0;
        for (long slot : slotOffsets) {
            at = copyInto(user, slot, ordinals, at);
        }
        return distinct(ordinals, at);
    }

    /** Distinct ordinals of what the user watched, ascending. */
    int[] watched(int user) {
        if (watchedSlotOffset < 0) {
            return new int[0];
        }
        int[] ordinals = new int[length(user, watchedSlotOffset)];
        return distinct(ordinals, copyInto(user, watchedSlotOffset, ordinals, 0));
    }

    private int length(int user, long slot) {
        return users.segment().get(RowLayout.INT, users.offset(user) + slot);
    }

    private int copyInto(int user, long slot, int[] ordinals, int from) {
        int at = from;
        int count = length(user, slot);
        for (int i = 1; i <= count; i++) {
            int id = users.segment().get(RowLayout.INT, users.offset(user) + slot + 4L * i);
            if (id >= FeatureField.FIRST) {
                ordinals[at++] = id - FeatureField.FIRST;
            }
        }
        return at;
    }

    private static int[] distinct(int[] ordinals, int count) {
        Arrays.sort(ordinals, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (kept == 0 || ordinals[i] != ordinals[kept - 1]) {
                ordinals[kept++] = ordinals[i];
            }
        }
        return Arrays.copyOf(ordinals, kept);
    }
}
