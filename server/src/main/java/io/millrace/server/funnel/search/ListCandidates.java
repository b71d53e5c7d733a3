package io.millrace.server.funnel.search;

import io.millrace.core.HotPath;
import io.millrace.ranker.rerank.RequestFilter;
import io.millrace.ranker.retrieval.ItemLists;
import io.millrace.ranker.retrieval.ListMerge;
import io.millrace.ranker.retrieval.ListRetrieval;
import io.millrace.ranker.retrieval.NeighbourRetrieval;
import io.millrace.ranker.retrieval.PopularRetrieval;
import io.millrace.server.funnel.filter.ItemFilter;
import io.millrace.server.living.LivingItems;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Takes candidates from lists. What was deleted or must not be answered is passed over on the way,
 * so that there are as many candidates as are wanted where the lists are long enough.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class ListCandidates {
    private final ItemLists lists;
    private final LivingItems living;
    private final ItemFilter wanted;

    /** Null where one list is for everybody. */
    private final @Nullable ListMerge merge;

    private final TopSelection best;
    private final int[] merged;
    private final float[] mergedScores;

    public ListCandidates(
            ListRetrieval retrieval, LivingItems living, ItemFilter wanted, int mostWanted) {
        lists = retrieval.lists();
        this.living = living;
        this.wanted = wanted;
        merge =
                switch (retrieval) {
                    case NeighbourRetrieval neighbours -> neighbours.newMerge();
                    case PopularRetrieval popular -> null;
                };
        int most = merge == null ? 0 : merge.capacity();
        best = new TopSelection(mostWanted);
        merged = new int[most];
        mergedScores = new float[most];
    }

    /**
     * Finds what a user may want, the best first, ties by lower ordinal. Scores become logarithms:
     * what is twice as much is so much more, whatever it is twice of.
     *
     * @return how many; 0 where the lists say nothing of what the user watched
     */
    public int findInto(
            MemorySegment userRow, RequestFilter filter, int want, int[] ordinals, float[] scores) {
        int count =
                merge == null
                        ? takeInto(PopularRetrieval.EVERYBODY, filter, want, ordinals, scores)
                        : mergeInto(merge, userRow, filter, want, ordinals, scores);
        for (int i = 0; i < count; i++) {
            scores[i] = (float) Math.log(scores[i]);
        }
        return count;
    }

    private int mergeInto(
            ListMerge ofUser,
            MemorySegment userRow,
            RequestFilter filter,
            int want,
            int[] ordinals,
            float[] scores) {
        int met = ofUser.merge(userRow, 0);
        int kept = 0;
        for (int i = 0; i < met; i++) {
            int ordinal = ofUser.item(i);
            if (isWanted(ordinal, filter)) {
                merged[kept] = ordinal;
                mergedScores[kept++] = ofUser.score(ordinal);
            }
        }
        int count = best.select(merged, mergedScores, kept, want);
        for (int i = 0; i < count; i++) {
            ordinals[i] = best.ordinal(i);
            scores[i] = best.score(i);
        }
        return count;
    }

    /** Whether there is a list for each item, of those that are like it. */
    public boolean haveNeighbours() {
        return merge != null;
    }

    /**
     * Finds what is like an item, the most alike first.
     *
     * @return how many
     */
    public int similarInto(
            int item, RequestFilter filter, int want, int[] ordinals, float[] scores) {
        return takeInto(item, filter, want, ordinals, scores);
    }

    private int takeInto(int list, RequestFilter filter, int want, int[] ordinals, float[] scores) {
        int taken = 0;
        for (int i = 0; i < lists.length(list) && taken < want; i++) {
            int ordinal = lists.item(list, i);
            if (isWanted(ordinal, filter)) {
                ordinals[taken] = ordinal;
                scores[taken++] = lists.score(list, i);
            }
        }
        return taken;
    }

    private boolean isWanted(int ordinal, RequestFilter filter) {
        return !filter.isSeen(ordinal)
                && !filter.isExcluded(ordinal)
                && living.contains(ordinal)
                && wanted.accepts(ordinal);
    }
}
