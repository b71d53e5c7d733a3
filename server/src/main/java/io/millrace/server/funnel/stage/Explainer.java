package io.millrace.server.funnel.stage;

import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SlotCode;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.rerank.CandidateOutcome;
import io.millrace.server.explain.ExactSimilarity;
import io.millrace.server.explain.ExplainedItem;
import io.millrace.server.explain.ExplainedItem.Ranking;
import io.millrace.server.explain.ExplainedItem.Retrieval;
import io.millrace.server.explain.ExplainedItem.Similarity;
import io.millrace.server.explain.ExplainedItem.Worth;
import io.millrace.server.explain.Explanation;
import io.millrace.server.explain.FunnelTrace;
import io.millrace.server.funnel.rows.RequestRows;
import io.millrace.server.living.LivingItems;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells of items why they are recommended, or are not, by what the funnel left behind in its stages
 * when it has answered.
 *
 * <p>Threading: the worker's thread. Allocation: as it is asked.
 */
public final class Explainer {
    private static final int SKIP_RULES = 2;
    private static final int COUNT_NEARER = 8;

    private final LivingItems living;
    private final RequestRows rows;
    private final RequestExclusions exclusions;
    private final AnswerStage answers;
    private final List<String> heads;
    private final FunnelTrace trace;
    private final ExactSimilarity similarity;
    private final ItemWorth worth;

    /**
     * Explains what a worker answers.
     *
     * @param parts that it shares with others
     * @param rows of its request
     * @param exclusions of its request
     * @param answers its last stage
     */
    public Explainer(
            FunnelParts parts,
            RequestRows rows,
            RequestExclusions exclusions,
            AnswerStage answers) {
        this.living = parts.living();
        this.rows = rows;
        this.exclusions = exclusions;
        this.answers = answers;
        heads = parts.ranker().heads();
        trace = new FunnelTrace(parts.width().maxRetrieved());
        similarity = new ExactSimilarity(parts.index(), living);
        worth = new ItemWorth(parts, rows, WireLimits.MAX_EXPLAINED);
    }

    /** What is to be told of the next request. */
    public FunnelTrace begin() {
        trace.begin();
        return trace;
    }

    /** Explains what the request names; if that is nothing, what is answered. */
    public Explanation explain(Request request, Answer answer, float[] query) {
        long[] itemIds = itemsOf(request, answer);
        int[] ordinals = new int[itemIds.length];
        int[] served = new int[itemIds.length];
        int servedCount = 0;
        for (int i = 0; i < itemIds.length; i++) {
            ordinals[i] = living.knownOrdinalOf(itemIds[i]);
            if (ordinals[i] != VectorIndex.NO_ORDINAL && living.contains(ordinals[i])) {
                served[servedCount++] = ordinals[i];
            }
        }
        served = Arrays.copyOf(served, servedCount);
        Worth[] worths = worth.of(served);
        similarity.begin(query);
        boolean countsNearer = (request.flags() & COUNT_NEARER) != 0;
        int[] nearer = countsNearer ? similarity.placesOf(served) : new int[servedCount];
        List<ExplainedItem> items = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < itemIds.length; i++) {
            boolean isServed = next < servedCount && served[next] == ordinals[i];
            items.add(
                    explain(
                            request,
                            answer,
                            itemIds[i],
                            ordinals[i],
                            isServed ? worths[next] : Worth.UNKNOWN,
                            isServed ? nearer[next] : 0));
            next += isServed ? 1 : 0;
        }
        return new Explanation(
                rows.momentMs(),
                answer.retrieved(),
                trace.candidates().count(),
                answer.ranked(),
                answer.count(),
                answer.degraded(),
                answer.reason(),
                heads,
                worth.fields(),
                items);
    }

    private static long[] itemsOf(Request request, Answer answer) {
        int named = request.candidates().count();
        if (named > 0) {
            return Arrays.copyOf(request.candidates().itemIds(), named);
        }
        long[] answered = new long[Math.min(answer.count(), WireLimits.MAX_EXPLAINED)];
        Arrays.setAll(answered, answer::itemId);
        return answered;
    }

    private ExplainedItem explain(
            Request request, Answer answer, long itemId, int ordinal, Worth worth, int nearer) {
        if (ordinal == VectorIndex.NO_ORDINAL) {
            return new ExplainedItem(
                    itemId,
                    ItemStateCode.UNKNOWN,
                    FateCode.UNKNOWN,
                    false,
                    false,
                    false,
                    new Similarity(Float.NaN, 0),
                    new Retrieval(RetrieverCode.NONE, 0, Float.NaN),
                    worth,
                    new Ranking(Float.NaN, 0, 0, SlotCode.NONE));
        }
        boolean hasRules = (request.flags() & SKIP_RULES) == 0;
        Ranking ranking = ranking(answer, itemId, ordinal, hasRules);
        boolean isSeen = exclusions.isSeen(ordinal);
        boolean isExcluded = exclusions.filter().isExcluded(ordinal);
        boolean isFiltered = exclusions.isFilteredOut(ordinal);
        ItemStateCode state = state(ordinal);
        return new ExplainedItem(
                itemId,
                state,
                ranking.answered() > 0
                        ? FateCode.ANSWERED
                        : fate(ordinal, state, isSeen, isExcluded, isFiltered, hasRules, answer),
                isSeen,
                isExcluded,
                isFiltered,
                new Similarity(similarity.of(ordinal), nearer),
                retrieval(ordinal),
                rankedWorth(ordinal, worth, answer),
                ranking);
    }

    private ItemStateCode state(int ordinal) {
        if (!living.contains(ordinal)) {
            return ItemStateCode.DELETED;
        }
        if (living.isLater(ordinal)) {
            return ItemStateCode.ADDED;
        }
        return living.upserted().vectorOf(ordinal) == null
                ? ItemStateCode.BUNDLED
                : ItemStateCode.REPLACED;
    }

    private Retrieval retrieval(int ordinal) {
        int index = trace.retrieved().indexOf(ordinal);
        if (index < 0) {
            return new Retrieval(RetrieverCode.NONE, 0, Float.NaN);
        }
        boolean isBeside =
                trace.retriever(index) == RetrieverCode.INDEX
                        && living.upserted().vectorOf(ordinal) != null;
        int kept = trace.candidates().indexOf(ordinal);
        return new Retrieval(
                isBeside ? RetrieverCode.UPSERTED : trace.retriever(index),
                index + 1,
                kept < 0 ? trace.retrieved().score(index) : trace.candidates().score(kept));
    }

    /** With the value that ranked it or, of what was not ranked, would have. */
    private Worth rankedWorth(int ordinal, Worth worth, Answer answer) {
        int index = trace.ranked().indexOf(ordinal);
        float unranked =
                Lever.LIGHT_RANKING.isIn(answer.degraded()) ? worth.light() : worth.value();
        return new Worth(
                worth.light(),
                index < 0 ? unranked : trace.value(index),
                worth.probabilities(),
                worth.contributions());
    }

    private Ranking ranking(Answer answer, long itemId, int ordinal, boolean hasRules) {
        int index = trace.ranked().indexOf(ordinal);
        if (index < 0) {
            return new Ranking(Float.NaN, 0, 0, SlotCode.NONE);
        }
        float score = trace.ranked().score(index);
        int place = Float.isFinite(score) ? trace.ranked().betterThan(index) + 1 : 0;
        for (int answered = 0; answered < answer.count(); answered++) {
            if (answer.itemId(answered) == itemId) {
                SlotCode slot = hasRules ? slot(answered) : SlotCode.RELEVANCE;
                return new Ranking(score, place, answered + 1, slot);
            }
        }
        return new Ranking(score, place, 0, SlotCode.NONE);
    }

    private SlotCode slot(int answered) {
        return switch (answers.reasonAt(answered)) {
            case RELEVANCE -> SlotCode.RELEVANCE;
            case DIVERSITY -> SlotCode.DIVERSITY;
            case CREATOR_CAP_RELAXED -> SlotCode.CREATOR_CAP_RELAXED;
            case DUPLICATE_RELAXED -> SlotCode.DUPLICATE_RELAXED;
        };
    }

    /** Why an item is not answered: first what would keep it out at any score. */
    private FateCode fate(
            int ordinal,
            ItemStateCode state,
            boolean isSeen,
            boolean isExcluded,
            boolean isFiltered,
            boolean hasRules,
            Answer answer) {
        if (state == ItemStateCode.DELETED) {
            return FateCode.DELETED;
        }
        if (isExcluded || isSeen) {
            return isExcluded ? FateCode.EXCLUDED : FateCode.SEEN;
        }
        if (isFiltered) {
            return FateCode.FILTERED;
        }
        if (trace.retrieved().indexOf(ordinal) < 0) {
            return FateCode.NOT_RETRIEVED;
        }
        if (trace.candidates().indexOf(ordinal) < 0) {
            return FateCode.BEYOND_CANDIDATES;
        }
        int index = trace.ranked().indexOf(ordinal);
        if (index < 0) {
            return FateCode.CUT;
        }
        if (!Float.isFinite(trace.ranked().score(index))) {
            return FateCode.INVALID;
        }
        CandidateOutcome outcome = hasRules ? answers.outcomeOf(ordinal) : CandidateOutcome.LEFT;
        return switch (outcome) {
            case CAPPED -> FateCode.CREATOR_CAP;
            case DUPLICATE -> FateCode.DUPLICATE;
            case LEFT, TAKEN, DROPPED ->
                    isPassedOver(ordinal, index, answer) ? FateCode.DIVERSITY : FateCode.OUTRANKED;
        };
    }

    /** Whether something with a lower score is answered, which rules alone can bring about. */
    private boolean isPassedOver(int ordinal, int index, Answer answer) {
        float score = trace.ranked().score(index);
        for (int place = 0; place < answer.count(); place++) {
            float other = answer.score(place);
            boolean isTieWon =
                    other == score && living.knownOrdinalOf(answer.itemId(place)) > ordinal;
            if (other < score || isTieWon) {
                return true;
            }
        }
        return false;
    }
}
