package io.millrace.data.dataset;

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
public final class SeenItems {
    private final RowTable users;
    private final long[] slotOffsets;
    private final long watchedSlotOffset;

    /**
     * Finds the sequences.
     *
     * @param schema the declared features.
     * @param users rows of the users.
     */
    public SeenItems(FeatureSchema schema, RowTable users) {
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

    /**
     * All the user met.
     *
     * @param user row of the user.
     * @return distinct ordinals, ascending.
     */
    public int[] of(int user) {
        int count = 0;
        for (long slot : slotOffsets) {
            count += length(user, slot);
        }
        int[] ordinals = new int[count];
        int at = 0;
        for (long slot : slotOffsets) {
            at = copyInto(user, slot, length(user, slot), ordinals, at);
        }
        return distinct(ordinals, at);
    }

    /**
     * What the user watched.
     *
     * @param user row of the user.
     * @return distinct ordinals, ascending.
     */
    public int[] watched(int user) {
        return lastWatched(user, Integer.MAX_VALUE);
    }

    /**
     * What the user watched of late.
     *
     * @param user row of the user.
     * @param last most places of the history, from its end, that are looked at.
     * @return distinct ordinals, ascending.
     */
    public int[] lastWatched(int user, int last) {
        if (watchedSlotOffset < 0) {
            return new int[0];
        }
        int count = Math.min(last, length(user, watchedSlotOffset));
        int[] ordinals = new int[count];
        return distinct(ordinals, copyInto(user, watchedSlotOffset, count, ordinals, 0));
    }

    private int length(int user, long slot) {
        return users.segment().get(RowLayout.INT, users.offset(user) + slot);
    }

    /** Copies the last items of a sequence. */
    private int copyInto(int user, long slot, int last, int[] ordinals, int from) {
        int at = from;
        int count = length(user, slot);
        for (int i = count - last + 1; i <= count; i++) {
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
