package io.millrace.server.funnel.search;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.index.HnswReader;
import io.millrace.index.Metric;
import io.millrace.index.MutableHnswIndex;
import io.millrace.index.SearchRequest;
import io.millrace.index.VectorIndex;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.server.funnel.filter.ItemFilter;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.UpsertedGraph;
import io.millrace.server.living.UpsertedItems;

import org.jspecify.annotations.Nullable;

import java.util.function.LongPredicate;

/**
 * Adds to what an index has found the upserted items that are as near: each that is loose is looked
 * at, the others are searched for in their graph.
 *
 * <p>Which are loose is read once a search, so each item is on one side. What the graph finds is
 * measured by the vector that the item has by then, as all others are: where it lies in the graph
 * only decides whether it is found.
 *
 * <p>Threading: one thread. Allocation: in the constructor, and by the first search of the graph.
 */
@HotPath
public final class UpsertedSearch {
    private static final VectorKernels KERNELS = Kernels.vector();

    /** Where so many are looked for, half as many cost no less. */
    private static final int FEW = 64;

    private final VectorIndex index;
    private final LivingItems living;
    private final ItemFilter filter;
    private final UpsertedItems upserted;
    private final SearchBreadth breadth;
    private final int maxK;
    private final boolean isByCosine;
    private final float[] query;

    /** A bit a slot: those that this search looks at. */
    private final long[] loose;

    private int seenCount;
    private final TopSelection best;
    private final int[] mergedOrdinals;
    private final float[] mergedScores;

    /** Of the graph; null before there is one. */
    private @Nullable HnswReader reader;

    private final SearchRequest wanted = new SearchRequest();
    private final LongPredicate isFast = this::isFast;
    private final LongPredicate isFastAndAccepted = this::isFastAndAccepted;
    private final long[] nearSlots;
    private final float[] nearScores;

    public UpsertedSearch(
            VectorIndex index,
            LivingItems living,
            ItemFilter filter,
            SearchBreadth breadth,
            int maxK) {
        this.index = index;
        this.living = living;
        this.filter = filter;
        this.breadth = breadth;
        this.maxK = maxK;
        upserted = living.upserted();
        isByCosine = index.metric() == Metric.COSINE;
        query = new float[index.dimension()];
        loose = new long[Math.ceilDiv(upserted.room(), Long.SIZE)];
        best = new TopSelection(maxK);
        mergedOrdinals = new int[maxK];
        mergedScores = new float[maxK];
        nearSlots = new long[maxK];
        nearScores = new float[maxK];
    }

    /**
     * Merges what is near into what was found, the nearest first, ties by lower ordinal.
     *
     * @param vector that all are near to
     * @param indexed what the search of the index accepted; null for all
     * @param isInHaste whether breadth is given up
     * @param want how many are wanted
     * @param ordinals what was found; replaced
     * @param scores beside them
     * @param found how many there are
     * @return how many there are now
     */
    public int mergeInto(
            float[] vector,
            @Nullable OrdinalSet indexed,
            boolean isInHaste,
            int want,
            int[] ordinals,
            float[] scores,
            int found) {
        System.arraycopy(vector, 0, query, 0, query.length);
        if (isByCosine) {
            KERNELS.normalise(query, 0, query.length);
        }
        float least = found == want ? scores[want - 1] : Float.NEGATIVE_INFINITY;
        best.begin(want);
        boolean isAnyLoose = look(indexed, least);
        UpsertedGraph graph = living.graph();
        MutableHnswIndex others = graph == null ? null : graph.graph();
        if (others != null && others.size() > 0) {
            walk(others, isAnyLoose, indexed, isInHaste, want, least);
        }
        return merge(best.end(), want, ordinals, scores, found);
    }

    private int merge(int near, int want, int[] ordinals, float[] scores, int found) {
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

    /** Looks at those that are loose, and remembers which; false where none is. */
    private boolean look(@Nullable OrdinalSet indexed, float least) {
        seenCount = upserted.count();
        long any = 0;
        for (int word = 0; word * Long.SIZE < seenCount; word++) {
            long bits = upserted.looseSlots(word);
            loose[word] = bits;
            any |= bits;
            for (long left = bits; left != 0; left &= left - 1) {
                offer(word * Long.SIZE + Long.numberOfTrailingZeros(left), indexed, least);
            }
        }
        return any != 0;
    }

    /** Takes an item of a least score, unless it is left to the index that was asked for it. */
    private void offer(int slot, @Nullable OrdinalSet indexed, float least) {
        float[] own = upserted.vectorAt(slot);
        if (own == null) {
            return;
        }
        float score = KERNELS.dot(own, 0, query, 0, query.length);
        int ordinal = upserted.ordinalAt(slot);
        if (score >= least && !isLeftToIndex(ordinal, indexed) && filter.accepts(ordinal)) {
            best.offer(ordinal, score);
        }
    }

    private boolean isLeftToIndex(int ordinal, @Nullable OrdinalSet indexed) {
        return !living.isLater(ordinal) && (indexed == null || indexed.contains(ordinal));
    }

    /**
     * Searches the graph, first for about as many as its share of all items lets expect; for all
     * that are wanted where those are all near enough.
     */
    private void walk(
            MutableHnswIndex graph,
            boolean isAnyLoose,
            @Nullable OrdinalSet indexed,
            boolean isInHaste,
            int want,
            float least) {
        HnswReader own = reader;
        if (own == null) {
            own = graph.newReader(maxK, breadth.most(maxK));
            reader = own;
        }
        if (filter.isOn()) {
            wanted.itemFilter(isFastAndAccepted);
        } else {
            wanted.itemFilter(isAnyLoose ? isFast : null);
        }
        long share = 2L * want * graph.size() / ((long) graph.size() + index.size());
        boolean areAllWanted = least == Float.NEGATIVE_INFINITY || share + FEW >= want;
        int k = areAllWanted ? want : (int) share + FEW;
        int near = search(own, k, isInHaste);
        if (k < want && near == k && nearScores[k - 1] >= least) {
            near = search(own, want, isInHaste);
        }
        for (int i = 0; i < near; i++) {
            offer((int) nearSlots[i], indexed, least);
        }
    }

    private int search(HnswReader own, int k, boolean isInHaste) {
        wanted.k(k).efSearch(isInHaste ? breadth.inHaste(k) : breadth.of(k));
        return own.searchInto(query, wanted, nearSlots, nearScores);
    }

    private boolean isFast(long slot) {
        // Slots that came since are loose, or were when this search began.
        return slot < seenCount && (loose[(int) slot / Long.SIZE] & 1L << slot) == 0;
    }

    private boolean isFastAndAccepted(long slot) {
        return isFast(slot) && filter.accepts(upserted.ordinalAt((int) slot));
    }
}
