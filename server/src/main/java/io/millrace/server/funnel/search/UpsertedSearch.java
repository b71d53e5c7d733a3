package io.millrace.server.funnel.search;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.index.Metric;
import io.millrace.index.VectorIndex;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.UpsertedItems;

import org.jspecify.annotations.Nullable;

/**
 * Adds to what an index has found the upserted items that are as near: each of them is looked at.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class UpsertedSearch {
    private static final VectorKernels KERNELS = Kernels.vector();

    private final LivingItems living;
    private final UpsertedItems upserted;
    private final boolean isByCosine;
    private final float[] query;
    private final int[] nearOrdinals;
    private final float[] nearScores;
    private final TopSelection best;
    private final int[] mergedOrdinals;
    private final float[] mergedScores;

    public UpsertedSearch(VectorIndex index, LivingItems living, int maxK) {
        this.living = living;
        upserted = living.upserted();
        isByCosine = index.metric() == Metric.COSINE;
        query = new float[index.dimension()];
        nearOrdinals = new int[upserted.room()];
        nearScores = new float[upserted.room()];
        best = new TopSelection(maxK);
        mergedOrdinals = new int[maxK];
        mergedScores = new float[maxK];
    }

    /**
     * Merges what is near into what was found, the nearest first, ties by lower ordinal.
     *
     * @param vector that all are near to
     * @param indexed what the search of the index accepted; null for all
     * @param want how many are wanted
     * @param ordinals what was found; replaced
     * @param scores beside them
     * @param found how many there are
     * @return how many there are now
     */
    public int mergeInto(
            float[] vector,
            @Nullable OrdinalSet indexed,
            int want,
            int[] ordinals,
            float[] scores,
            int found) {
        float least = found == want ? scores[want - 1] : Float.NEGATIVE_INFINITY;
        int near = best.select(nearOrdinals, nearScores, scan(vector, indexed, least), want);
        if (near == 0) {
            return found;
        }
        int merged = 0;
        int fromIndex = 0;
        for (int fromBest = 0; merged < want && fromIndex + fromBest < found + near; merged++) {
            if (fromBest == near
                    || (fromIndex < found && isBetter(ordinals, scores, fromIndex, fromBest))) {
                mergedOrdinals[merged] = ordinals[fromIndex];
                mergedScores[merged] = scores[fromIndex++];
            } else {
                mergedOrdinals[merged] = best.ordinal(fromBest);
                mergedScores[merged] = best.score(fromBest++);
            }
        }
        System.arraycopy(mergedOrdinals, 0, ordinals, 0, merged);
        System.arraycopy(mergedScores, 0, scores, 0, merged);
        return merged;
    }

    private boolean isBetter(int[] ordinals, float[] scores, int fromIndex, int fromBest) {
        float score = scores[fromIndex];
        float other = best.score(fromBest);
        return score > other || (score == other && ordinals[fromIndex] < best.ordinal(fromBest));
    }

    /** Collects those of a least score; an item that the index was asked for is left to it. */
    private int scan(float[] vector, @Nullable OrdinalSet indexed, float least) {
        float[] wanted = vector;
        if (isByCosine) {
            System.arraycopy(vector, 0, query, 0, query.length);
            KERNELS.normalise(query, 0, query.length);
            wanted = query;
        }
        int count = upserted.count();
        int near = 0;
        for (int slot = 0; slot < count; slot++) {
            float[] own = upserted.vectorAt(slot);
            if (own == null) {
                continue;
            }
            float score = KERNELS.dot(own, 0, wanted, 0, wanted.length);
            int ordinal = upserted.ordinalAt(slot);
            if (score >= least && !isLeftToIndex(ordinal, indexed)) {
                nearOrdinals[near] = ordinal;
                nearScores[near++] = score;
            }
        }
        return near;
    }

    private boolean isLeftToIndex(int ordinal, @Nullable OrdinalSet indexed) {
        return !living.isLater(ordinal) && (indexed == null || indexed.contains(ordinal));
    }
}
