package io.millrace.ranker.features;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

import java.lang.foreign.MemorySegment;

/**
 * Tags with weights as they stand in a row: beside each id its share of all weights of the row, so
 * that a model adds up shares times embeddings and has their weighted mean.
 *
 * <pre>
 *   | count | id 0 | … | id maxValues-1 | share 0 | … | share maxValues-1 |
 *
 *   example: tag 9 of weight 6, tag 4 of weight 2, at most 3
 *   | 2 | 9 | 4 | 0 | 0.75 | 0.25 | 0 |
 * </pre>
 *
 * Weights are finite and not below 0. A tag of weight 0 is left out, so tags that all weigh nothing
 * are no tags.
 *
 * <p>Threading: stateless. Allocation: reading none.
 */
public final class WeightedTags {
    /** By how much shares may miss 1 together: each is rounded to the nearest float32. */
    private static final double ROUNDING = 1e-6;

    private WeightedTags() {}

    /** Slots of a field of so many tags. */
    static int slots(int maxValues) {
        return 1 + 2 * maxValues;
    }

    /**
     * Writes tags into a row.
     *
     * @param field the field.
     * @param ids the tags, no more than the field may have.
     * @param weights their weights.
     * @param row memory of the row.
     * @param at where the field begins, in bytes.
     * @throws MillraceException BAD_INPUT when a weight is negative or not finite.
     */
    static void write(FeatureField field, int[] ids, float[] weights, MemorySegment row, long at) {
        double sum = 0;
        for (float weight : weights) {
            if (!(weight >= 0) || Float.isInfinite(weight)) {
                throw MillraceException.badInput(
                        "bad weight of a tag: field=%s, weight=%s; weights are finite and not"
                                + " below 0",
                        field.name(), weight);
            }
            sum += weight;
        }
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (weights[i] > 0) {
                row.set(RowLayout.INT, at + 4L * (1 + count), ids[i]);
                row.set(RowLayout.FLOAT, shareAt(field, count, at), (float) (weights[i] / sum));
                count++;
            }
        }
        row.set(RowLayout.INT, at, count);
        for (int i = count; i < field.maxValues(); i++) {
            row.set(RowLayout.INT, at + 4L * (1 + i), 0);
            row.set(RowLayout.FLOAT, shareAt(field, i, at), 0);
        }
    }

    /** Whether the shares are none below 0 and add up to 1, where there are tags at all. */
    @HotPath
    static boolean areSharesSound(FeatureField field, MemorySegment row, long at) {
        int count = row.get(RowLayout.INT, at);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            float share = share(field, i, row, at);
            if (!(share >= 0)) {
                return false;
            }
            sum += share;
        }
        return count == 0 || Math.abs(sum - 1) <= ROUNDING;
    }

    /**
     * Share of a tag.
     *
     * @param field the field.
     * @param index which of its tags, below their count.
     * @param row memory of the row.
     * @param at where the field begins, in bytes.
     * @return from 0 to 1.
     */
    @HotPath
    public static float share(FeatureField field, int index, MemorySegment row, long at) {
        return row.get(RowLayout.FLOAT, shareAt(field, index, at));
    }

    private static long shareAt(FeatureField field, int index, long at) {
        return at + 4L * (1 + field.maxValues() + index);
    }
}
