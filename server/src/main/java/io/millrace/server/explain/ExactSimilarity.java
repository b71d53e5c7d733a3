package io.millrace.server.explain;

import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.index.HnswIndex;
import io.millrace.index.Metric;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.UpsertedItems;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * How near items are to a vector, by the numbers that searches score by, whether a search has found
 * them or not.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
public final class ExactSimilarity {
    /** Rows of an index are padded with zeros to so many floats, and summed up with them. */
    private static final int PADDING = 16;

    private static final int BLOCK_ROWS = 256;
    private static final VectorKernels KERNELS = Kernels.vector();

    private final HnswIndex index;
    private final LivingItems living;
    private final float[] stored;
    private final float[] own;
    private final int[] block = new int[BLOCK_ROWS];
    private final float[] products = new float[BLOCK_ROWS];
    private boolean isNearAnything;

    /**
     * Of items to nothing yet.
     *
     * @param index has those of the bundle
     * @param living tells which are served, and has the vectors of the others
     */
    public ExactSimilarity(HnswIndex index, LivingItems living) {
        this.index = index;
        this.living = living;
        stored = new float[Math.ceilDiv(index.storedDimension(), PADDING) * PADDING];
        own = new float[index.dimension()];
        Arrays.setAll(block, row -> row);
    }

    /**
     * Takes another vector.
     *
     * @param vector of the index's dimension; zeros are near to nothing
     */
    public void begin(float[] vector) {
        isNearAnything = index.accepts(vector) && !isZero(vector);
        if (isNearAnything) {
            index.storedQueryInto(vector, stored);
            System.arraycopy(vector, 0, own, 0, own.length);
            if (index.metric() == Metric.COSINE) {
                KERNELS.normalise(own, 0, own.length);
            }
        }
    }

    private static boolean isZero(float[] vector) {
        for (float number : vector) {
            if (number != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Score of an item, as a search would have it.
     *
     * @param ordinal the item
     * @return NaN for one that is not served, and where nothing is near
     */
    public float of(int ordinal) {
        if (!isNearAnything || !living.contains(ordinal)) {
            return Float.NaN;
        }
        float[] vector = living.upserted().vectorOf(ordinal);
        if (vector != null) {
            return KERNELS.dot(vector, 0, own, 0, own.length);
        }
        // Deleted since it was looked up.
        return living.isLater(ordinal) ? Float.NaN : scoresFrom(ordinal, 1)[0];
    }

    private float[] scoresFrom(int first, int count) {
        KERNELS.dotBatch(
                stored,
                stored.length,
                index.vectorSegment(),
                index.vectorOffset(first),
                index.vectorStrideBytes(),
                block,
                0,
                count,
                products);
        float scale = index.productScale();
        for (int i = 0; i < count; i++) {
            products[i] *= scale;
        }
        return products;
    }

    /**
     * Counts for some items those that are nearer, or as near and of a lower ordinal. Looks at each
     * vector there is.
     *
     * @param ordinals the items
     * @return their places from 1, beside them; 0 for those without a score
     */
    public int[] placesOf(int[] ordinals) {
        int[] places = new int[ordinals.length];
        float[] scores = new float[ordinals.length];
        for (int i = 0; i < ordinals.length; i++) {
            scores[i] = of(ordinals[i]);
            places[i] = Float.isNaN(scores[i]) ? 0 : 1;
        }
        if (!isNearAnything) {
            return places;
        }
        OrdinalSet accepted = living.filter();
        for (int first = 0; first < index.size(); first += BLOCK_ROWS) {
            int count = Math.min(BLOCK_ROWS, index.size() - first);
            float[] block = scoresFrom(first, count);
            for (int i = 0; i < count; i++) {
                if (isIndexed(first + i, accepted)) {
                    pass(first + i, block[i], ordinals, scores, places);
                }
            }
        }
        UpsertedItems upserted = living.upserted();
        for (int slot = 0; slot < upserted.count(); slot++) {
            float[] vector = upserted.vectorAt(slot);
            if (vector != null) {
                float score = KERNELS.dot(vector, 0, own, 0, own.length);
                pass(upserted.ordinalAt(slot), score, ordinals, scores, places);
            }
        }
        return places;
    }

    private static boolean isIndexed(int ordinal, @Nullable OrdinalSet accepted) {
        return accepted == null || accepted.contains(ordinal);
    }

    /** One item more, which some may have to let pass. */
    private static void pass(int other, float score, int[] ordinals, float[] scores, int[] places) {
        for (int i = 0; i < ordinals.length; i++) {
            // No score is above one that is not a number.
            boolean isTieWon = score == scores[i] && other < ordinals[i];
            places[i] += score > scores[i] || isTieWon ? 1 : 0;
        }
    }
}
