package io.millrace.ranker.retrieval;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Adds up the lists of what a user watched, each item's once: the score of an item is the sum of
 * its similarities to all of them (Deshpande and Karypis, TOIS 2004, section 4). Sums are made in
 * the order of ordinals, so that the same history gives the same bits in any order. Serving and
 * evaluation both come through here.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class ListMerge {
    private static final String WATCHED = "watched";

    private final ItemLists lists;
    private final long watchedOffset;
    private final int[] watched;

    /** By ordinal: the sum, or 0 where the item is in none of the lists. */
    private final float[] sums;

    private final int[] met;
    private int metCount;

    /**
     * A merge of nothing.
     *
     * @param lists one for each item.
     * @param schema features of the users, with a sequence of what they watched: the field {@code
     *     watched}, or else the first sequence of items.
     * @throws MillraceException BAD_INPUT when there is none.
     */
    public ListMerge(ItemLists lists, FeatureSchema schema) {
        FeatureField history = history(schema);
        this.lists = lists;
        this.watchedOffset = 4L * schema.layout(FeatureScope.USER).slotOf(history);
        this.watched = new int[history.maxValues()];
        this.sums = new float[lists.itemCount()];
        int longest = 0;
        for (int list = 0; list < lists.count(); list++) {
            longest = Math.max(longest, lists.length(list));
        }
        this.met = new int[(int) Math.min(sums.length, (long) longest * watched.length)];
    }

    private static FeatureField history(FeatureSchema schema) {
        if (schema.hasField(WATCHED)) {
            return schema.field(WATCHED);
        }
        return schema.fields(FeatureScope.USER).stream()
                .filter(field -> field.kind() == FeatureKind.SEQUENCE)
                .filter(field -> field.table().equals(FeatureField.ITEM_TABLE))
                .findFirst()
                .orElseThrow(
                        () ->
                                MillraceException.badInput(
                                        "users without a history: schema=%s; declare a sequence of"
                                                + " items, or retrieve otherwise",
                                        schema.name()));
    }

    /**
     * The most items that a merge can meet.
     *
     * @return the count.
     */
    public int capacity() {
        return met.length;
    }

    /**
     * Merges the lists of a user.
     *
     * @param userRows memory of user rows.
     * @param offset where the user's row begins, in bytes.
     * @return how many items are in any of the lists.
     */
    public int merge(MemorySegment userRows, long offset) {
        for (int i = 0; i < metCount; i++) {
            sums[met[i]] = 0;
        }
        metCount = 0;
        int count = readWatched(userRows, offset + watchedOffset);
        for (int i = 0; i < count; i++) {
            if (i == 0 || watched[i] != watched[i - 1]) {
                add(watched[i]);
            }
        }
        return metCount;
    }

    private int readWatched(MemorySegment userRows, long at) {
        int length = userRows.get(RowLayout.INT, at);
        int count = 0;
        for (int i = 1; i <= length; i++) {
            int id = userRows.get(RowLayout.INT, at + 4L * i);
            // Missing and unseen are no items.
            if (id >= FeatureField.FIRST) {
                watched[count++] = id - FeatureField.FIRST;
            }
        }
        Arrays.sort(watched, 0, count);
        return count;
    }

    private void add(int list) {
        for (int i = 0; i < lists.length(list); i++) {
            int item = lists.item(list, i);
            if (sums[item] == 0) {
                met[metCount++] = item;
            }
            sums[item] += lists.score(list, i);
        }
    }

    /**
     * One of the items of the last merge, in no order.
     *
     * @param index 0 to what {@link #merge} has returned - 1.
     * @return the ordinal.
     */
    public int item(int index) {
        return met[index];
    }

    /**
     * What an item has in the last merge.
     *
     * @param ordinal the item.
     * @return the sum; 0 where it is in none of the lists.
     */
    public float score(int ordinal) {
        return sums[ordinal];
    }
}
