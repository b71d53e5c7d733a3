package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.index.SearchRequest;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorIndex;
import io.millrace.index.calibrate.RecallSampler;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.server.funnel.filter.ItemFilter;
import io.millrace.server.funnel.search.SearchBreadth;
import io.millrace.server.funnel.search.UpsertedSearch;
import io.millrace.server.living.LivingItems;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;

import org.jspecify.annotations.Nullable;

/**
 * Finds the items nearest to a vector, of those that are served and that the filter of the request
 * accepts: in the index, and beside it.
 *
 * <p>Threading: one thread. Allocation: in the constructor, and by the first search after an item
 * was deleted, or a known one upserted, or upserted ones have got a graph, or a request has a
 * filter.
 */
@HotPath
public final class ItemSearch {
    private final VectorIndex index;
    private final LivingItems living;
    private final ItemFilter filter;
    private final SearchBreadth breadth;
    private final RecallSampler.@Nullable Tap watched;
    private final SearchScratch scratch;
    private final UpsertedSearch upserted;
    private final SearchRequest filtered = new SearchRequest();
    private final int[] foundOrdinals;
    private final float[] foundScores;

    /**
     * A search.
     *
     * @param parts has the index
     * @param filter of the request
     * @param watched where searches are offered to be compared with exact ones, or null
     */
    public ItemSearch(FunnelParts parts, ItemFilter filter, RecallSampler.@Nullable Tap watched) {
        this.filter = filter;
        index = parts.index();
        living = parts.living();
        breadth = parts.width().breadth();
        this.watched = watched;
        int most = parts.width().maxRetrieved();
        scratch = index.newScratch(most, breadth.most(most));
        upserted = new UpsertedSearch(index, living, filter, breadth, most);
        foundOrdinals = new int[most];
        foundScores = new float[most];
    }

    /**
     * Finds items.
     *
     * @param request which may give up the usual breadth
     * @param answer told when it did
     * @param vector that they are to be near to
     * @param want how many
     * @param ordinals filled, the nearest first
     * @param scores filled beside them
     * @return how many there are
     */
    public int findInto(
            Request request,
            Answer answer,
            float[] vector,
            int want,
            int[] ordinals,
            float[] scores) {
        OrdinalSet accepted = living.filter();
        int usual = breadth.of(want);
        boolean isInHaste = request.givesUp(Lever.NARROW_SEARCH);
        int ef = isInHaste ? breadth.inHaste(want) : usual;
        if (ef < usual) {
            answer.degrade(Lever.NARROW_SEARCH);
        }
        int count =
                accepted == null && !filter.isOn()
                        ? index.searchInto(scratch, vector, want, ef, ordinals, scores)
                        : index.searchInto(
                                scratch,
                                vector,
                                filtered.k(want)
                                        .efSearch(ef)
                                        .filter(accepted)
                                        .predicate(filter.plan()),
                                ordinals,
                                scores);
        // What is watched is the recall that the usual breadth has among all items: of those that a
        // filter accepts, others are searched by a scan or more broadly.
        if (watched != null && ef == usual && !filter.isOn()) {
            watched.offer(vector, want, accepted, scores, count);
        }
        return living.upserted().isEmpty()
                ? count
                : upserted.mergeInto(vector, accepted, isInHaste, want, ordinals, scores, count);
    }

    /**
     * Adds items to those that were found otherwise, behind them: the first counts as much as the
     * last of those, each other one as much less as it is further away.
     *
     * @param request which may give up the usual breadth
     * @param answer told when it did
     * @param vector that they are to be near to
     * @param want how many there are to be in all
     * @param ordinals what was found; others are added
     * @param scores beside them
     * @param found how many there are
     * @return how many there are now
     */
    public int addInto(
            Request request,
            Answer answer,
            float[] vector,
            int want,
            int[] ordinals,
            float[] scores,
            int found) {
        int near = findInto(request, answer, vector, want, foundOrdinals, foundScores);
        int count = found;
        float shift = 0;
        for (int i = 0; i < near && count < want; i++) {
            if (!isAmong(foundOrdinals[i], ordinals, found)) {
                if (count == found && found > 0) {
                    shift = scores[found - 1] - foundScores[i];
                }
                ordinals[count] = foundOrdinals[i];
                scores[count++] = foundScores[i] + shift;
            }
        }
        return count;
    }

    private static boolean isAmong(int ordinal, int[] ordinals, int count) {
        for (int i = 0; i < count; i++) {
            if (ordinals[i] == ordinal) {
                return true;
            }
        }
        return false;
    }
}
