package io.millrace.server.funnel.bundle;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.index.VectorIndex;
import io.millrace.index.calibrate.RecallSampler;
import io.millrace.ranker.rerank.Relevance;
import io.millrace.ranker.retrieval.ListRetrieval;
import io.millrace.ranker.retrieval.QueryEmbedding;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.server.explain.FunnelTrace;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.filter.ItemFilter;
import io.millrace.server.funnel.rows.RequestRows;
import io.millrace.server.funnel.rows.UpdateReader;
import io.millrace.server.funnel.search.FunnelWidth;
import io.millrace.server.funnel.search.ItemLikeness;
import io.millrace.server.funnel.search.ListCandidates;
import io.millrace.server.funnel.search.PopularItems;
import io.millrace.server.funnel.stage.AnswerStage;
import io.millrace.server.funnel.stage.CatalogueRows;
import io.millrace.server.funnel.stage.Explainer;
import io.millrace.server.funnel.stage.FunnelParts;
import io.millrace.server.funnel.stage.ItemRanking;
import io.millrace.server.funnel.stage.ItemSearch;
import io.millrace.server.funnel.stage.RankingStage;
import io.millrace.server.funnel.stage.RequestExclusions;
import io.millrace.server.funnel.stage.RowRanking;
import io.millrace.server.living.LivingItems;
import io.millrace.server.log.AnsweredRows;
import io.millrace.server.log.ImpressionRecorder;
import io.millrace.server.log.ImpressionSink;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Takes a request down the funnel.
 *
 * <pre>
 *   recommend   user row ▶ query vector ▶ vector search ┐
 *                          (or lists of the bundle;     ├▶ drop seen ▶ score ▶ rules ▶ k
 *                          unknown: popular items)      │
 *   search      vector ─────────────────▶ vector search ┤           (when asked)
 *   similar     vector of the item ─────▶ vector search ┴──────────────────────────▶ k
 *   rank        the caller's items, or rows of features ──────────▶ score ──▶ rules ▶ k
 *                                                                       (when asked)
 *   update, upsert, delete    are checked here, and made when they are on the disk
 * </pre>
 *
 * <p>An explain request is a recommend request that is watched on its way.
 *
 * <p>Threading: one thread. Allocation: only in the constructor, by explaining, and by filters that
 * were not met lately.
 */
@HotPath
final class BundleWorker implements FunnelWorker {
    private static final int KEEP_SEEN = 1;
    private static final int SKIP_RULES = 2;
    private static final int APPLY_RULES = 1;
    private static final int RANK = 1;

    private final FunnelParts parts;
    private final VectorIndex index;
    private final LivingItems living;
    private final FunnelWidth width;
    private final PopularItems popular;
    private final RequestRows rows;
    private final boolean isByCosine;
    private final QueryEmbedding embedding;

    /** Where candidates come from instead of the index, or null. */
    private final @Nullable ListCandidates lists;

    private final ItemLikeness likeness;
    private final UpdateReader updates;
    private final RankingStage ranking;
    private final AnswerStage answers;
    private final ItemRanking itemRanking;
    private final RowRanking rowRanking;
    private final AnsweredRows itemRows;
    private final @Nullable ImpressionRecorder impressions;

    private final ItemFilter filter;
    private final RequestExclusions exclusions;
    private final ItemSearch search;
    private final MemorySegment userRow;
    private final MemorySegment contextRow;
    private final float[] query;

    /** By which the index is asked where lists or popular items that are wanted are too few. */
    private final float[] beyond;

    private final int[] ordinals;
    private final float[] scores;
    private final float[] retrievalScores;
    private final float retrievalWeight;
    private final float temperature;

    /** Made when it is first asked for: nearly all requests have no use for it. */
    private @Nullable Explainer explainer;

    /** Told of what a recommend request goes through; null but for those that are explained. */
    private @Nullable FunnelTrace trace;

    /**
     * A worker.
     *
     * @param parts what it shares with others
     * @param watched where it offers its searches to be compared with exact ones, or null
     * @param sink where it records what it has answered, or null
     */
    BundleWorker(
            FunnelParts parts, RecallSampler.@Nullable Tap watched, @Nullable ImpressionSink sink) {
        this.parts = parts;
        index = parts.index();
        living = parts.living();
        width = parts.width();
        popular = parts.popular();
        rows = new RequestRows(parts.schema(), parts.users());
        userRow = rows.user();
        contextRow = rows.context();
        RetrievalModel retrieval = parts.retrieval();
        isByCosine = retrieval.hasUnitVectors();
        temperature = retrieval.temperature();
        embedding = retrieval.newQueryEmbedding();
        filter = new ItemFilter(parts.attributes(), parts.changes(), width.maxRetrieved());
        lists =
                retrieval instanceof ListRetrieval byLists
                        ? new ListCandidates(byLists, living, filter, width.maxRetrieved())
                        : null;
        likeness = new ItemLikeness(parts.vectors());
        updates = new UpdateReader(parts.schema(), index, retrieval, living);
        ranking = new RankingStage(parts);
        answers = new AnswerStage(parts);
        itemRanking = new ItemRanking(parts, ranking, answers);
        rowRanking =
                new RowRanking(
                        parts.schema(),
                        parts.candidateRows(),
                        parts.ranker()
                                .newRowScorer(width.maxCandidates(), ranking.impressionRows()),
                        null,
                        ranking.impressionRows());
        int maxRetrieved = width.maxRetrieved();
        exclusions = new RequestExclusions(parts, filter);
        search = new ItemSearch(parts, filter, watched);
        query = new float[index.dimension()];
        beyond = new float[index.dimension()];
        ordinals = new int[maxRetrieved];
        itemRows = new CatalogueRows(parts, ordinals);
        scores = new float[maxRetrieved];
        retrievalScores = new float[maxRetrieved];
        retrievalWeight = parts.rules().retrievalWeight();
        impressions =
                sink == null
                        ? null
                        : new ImpressionRecorder(
                                sink,
                                new ImpressionRecorder.Scratch(
                                        userRow,
                                        contextRow,
                                        parts.items().layout().rowBytes(),
                                        ranking.rankedRates()),
                                query);
    }

    @Override
    public void answer(Request request, Answer answer, StageClock clock) {
        exclusions.clear();
        if (!filter.begin(request, answer)) {
            return;
        }
        switch (request.kind()) {
            case RECOMMEND -> recommend(request, answer, clock);
            case EXPLAIN -> explain(request, answer, clock);
            case SIMILAR -> similar(request, answer, clock);
            case SEARCH -> search(request, answer, clock);
            case RANK -> rank(request, answer, clock);
            // These are made by the journal, once they are on the disk.
            case UPDATE, UPSERT -> updates.read(request, answer);
            case DELETE -> StoredChanges.check(request, living, answer);
            default -> answer.fail(Status.BAD_REQUEST, "not a request for a worker");
        }
    }

    private void recommend(Request request, Answer answer, StageClock clock) {
        boolean isKnown = loadUser(request);
        clock.end(Stage.USER);
        embedUser();
        clock.end(Stage.EMBED);
        int candidates = candidates(request, answer);
        // Where few items are wanted at all, the user may have seen most of the nearest.
        int excluded = request.excludedCount() + (filter.isOn() ? exclusions.seenCount() : 0);
        int want = Math.min(candidates + excluded, ordinals.length);
        int byTaste = isKnown ? retrieveForUser(request, answer, want) : 0;
        boolean hasTaste = byTaste > 0;
        int first = hasTaste ? byTaste : popular.copyInto(ordinals, want, living, filter);
        boolean isByTaste = hasTaste || (first == 0 && (!filter.isOn() || popular.isEmpty()));
        int retrieved = first;
        if (filter.isOn() && first < want && (!hasTaste || lists != null)) {
            retrieved = goOn(request, answer, want, first);
        } else if (first == 0 && lists == null) {
            retrieved = retrieve(request, answer, query, want);
            first = retrieved;
        }
        if (trace != null) {
            trace.retrieved(ordinals, scores, retrieved, retriever(hasTaste, isByTaste));
            trace.indexedFrom(first);
        }
        int kept = Math.min(exclusions.dropFrom(ordinals, scores, retrieved), candidates);
        if (isByTaste) {
            embedding.refine(ordinals, scores, kept);
        }
        if (trace != null) {
            trace.kept(ordinals, scores, kept);
        }
        clock.end(Stage.RETRIEVE);
        boolean hasRules = (request.flags() & SKIP_RULES) == 0;
        // What stays is what the weighed scores of the full ranker will most likely put first.
        float weight = hasRules && isByTaste ? retrievalWeight / temperature : 0;
        int ranked =
                ranking.cut(request, answer, userRow, contextRow, ordinals, scores, kept, weight);
        System.arraycopy(scores, 0, retrievalScores, 0, ranked);
        ranking.scoreInto(
                request, answer, userRow, contextRow, ordinals, ranked, rows.momentMs(), scores);
        clock.end(Stage.RANK);
        if (trace != null) {
            trace.ranked(ordinals, scores, ranked);
        }
        if (hasRules) {
            if (isByTaste) {
                Relevance.weigh(scores, retrievalScores, ranked, retrievalWeight, temperature);
            }
            if (trace != null) {
                trace.weighed(scores);
            }
            answers.applyRules(
                    ordinals,
                    scores,
                    ranked,
                    exclusions.filter(),
                    request.k(),
                    answer,
                    SourceCode.RANKED);
        } else {
            answers.takeBest(ordinals, scores, ranked, request.k(), answer, SourceCode.RANKED);
        }
        clock.end(Stage.RERANK);
        AnswerStage.finish(request, answer, retrieved, ranked);
        if (!hasTaste) {
            tellColdStart(request, answer);
        }
        // Nobody is shown what is explained.
        if (impressions != null && trace == null) {
            impressions.recordForUser(request, answer, rows.momentMs(), isKnown, itemRows);
        }
    }

    /** Nothing is known of the user; where a filter leaves too few items, that is told instead. */
    private void tellColdStart(Request request, Answer answer) {
        if (!filter.isOn() || answer.count() == request.k()) {
            answer.reason(ReasonCode.COLD_START);
        }
    }

    /** Fills the rows, and says whether anything is known of the user. */
    private boolean loadUser(Request request) {
        boolean isStored = rows.load(request);
        boolean keepsSeen = (request.flags() & KEEP_SEEN) != 0;
        boolean isKnown = exclusions.addFreshHistory(request, userRow, keepsSeen) || isStored;
        if (!keepsSeen) {
            exclusions.addSeen(request.userId(), userRow, isKnown);
        }
        exclusions.addNamed(request);
        return isKnown;
    }

    /** A recommend request that is watched. */
    private void explain(Request request, Answer answer, StageClock clock) {
        Explainer explaining = explainer;
        if (explaining == null) {
            explaining = new Explainer(parts, rows, exclusions, answers);
            explainer = explaining;
        }
        trace = explaining.begin();
        try {
            recommend(request, answer, clock);
        } finally {
            trace = null;
        }
        answer.explain(explaining.explain(request, answer, query));
    }

    /** What found the candidates of a recommend request. */
    private RetrieverCode retriever(boolean hasTaste, boolean isByTaste) {
        if (!isByTaste) {
            return RetrieverCode.POPULAR;
        }
        return hasTaste && lists != null ? RetrieverCode.LISTS : RetrieverCode.INDEX;
    }

    private void similar(Request request, Answer answer, StageClock clock) {
        int ordinal = living.ordinalOf(request.itemId());
        if (ordinal == VectorIndex.NO_ORDINAL) {
            answer.fail(Status.UNKNOWN_ITEM, "no such item: item=").append(request.itemId());
            return;
        }
        exclusions.add(ordinal);
        exclusions.addNamed(request);
        living.vectorInto(ordinal, query);
        clock.end(Stage.USER);
        boolean hasRules = (request.flags() & APPLY_RULES) != 0;
        // Products favour items of long vectors; the most alike are among the best of them.
        int wanted = hasRules || !isByCosine ? candidates(request, answer) : request.k();
        int want = Math.min(wanted + request.excludedCount() + 1, ordinals.length);
        int retrieved = retrieveAlike(request, answer, ordinal, want);
        int kept = exclusions.dropFrom(ordinals, scores, retrieved);
        if (!isByCosine) {
            likeness.scoreInto(ordinals, kept, scores);
        }
        clock.end(Stage.RETRIEVE);
        if (hasRules) {
            answers.applyRules(
                    ordinals,
                    scores,
                    kept,
                    exclusions.filter(),
                    request.k(),
                    answer,
                    SourceCode.RETRIEVED);
            clock.end(Stage.RERANK);
        } else {
            answers.takeBest(ordinals, scores, kept, request.k(), answer, SourceCode.RETRIEVED);
        }
        AnswerStage.finish(request, answer, retrieved, 0);
        if (impressions != null) {
            impressions.record(request, answer, itemRows);
        }
    }

    private void search(Request request, Answer answer, StageClock clock) {
        if (!index.accepts(request.vector())) {
            answer.fail(
                    Status.BAD_REQUEST,
                    "vector is zero, or its numbers too large to be squared; send another");
            return;
        }
        boolean isRanked = (request.flags() & RANK) != 0;
        boolean isKnown = true;
        if (isRanked) {
            isKnown = rows.load(request);
            clock.end(Stage.USER);
        }
        int want = isRanked ? candidates(request, answer) : request.k();
        int retrieved = retrieve(request, answer, request.vector(), want);
        // With a filter, what was found is held against it once more.
        int kept = filter.keep(ordinals, scores, retrieved);
        clock.end(Stage.RETRIEVE);
        int ranked = 0;
        if (isRanked) {
            ranked = ranking.cut(request, answer, userRow, contextRow, ordinals, scores, kept, 0);
            ranking.scoreInto(
                    request,
                    answer,
                    userRow,
                    contextRow,
                    ordinals,
                    ranked,
                    rows.momentMs(),
                    scores);
            clock.end(Stage.RANK);
            answers.takeBest(ordinals, scores, ranked, request.k(), answer, SourceCode.RANKED);
        } else {
            answers.takeFirst(ordinals, scores, kept, request.k(), answer);
        }
        AnswerStage.finish(request, answer, retrieved, ranked);
        if (!isKnown) {
            tellColdStart(request, answer);
        }
        if (impressions != null && isRanked) {
            impressions.recordForUser(request, answer, rows.momentMs(), isKnown, itemRows);
        } else if (impressions != null) {
            impressions.record(request, answer, itemRows);
        }
    }

    private void rank(Request request, Answer answer, StageClock clock) {
        boolean isKnown = rows.load(request);
        clock.end(Stage.USER);
        boolean haveRows = request.candidates().haveRows();
        if (haveRows) {
            rowRanking.rank(request, answer, clock, rows);
        } else {
            itemRanking.rank(request, answer, clock, rows);
        }
        if (answer.status() != Status.OK) {
            return;
        }
        if (!isKnown && request.userId() != Request.NO_USER) {
            answer.reason(ReasonCode.COLD_START);
        }
        if (impressions != null) {
            // Nothing was searched for.
            Arrays.fill(query, 0);
            impressions.recordForUser(
                    request,
                    answer,
                    rows.momentMs(),
                    isKnown,
                    haveRows ? rowRanking : itemRanking.rows());
        }
    }

    /** How many candidates a request has. */
    private int candidates(Request request, Answer answer) {
        int fewer = width.candidatesInHaste(request.k());
        if (fewer == width.candidates() || !request.givesUp(Lever.FEWER_CANDIDATES)) {
            return width.candidates();
        }
        answer.degrade(Lever.FEWER_CANDIDATES);
        return fewer;
    }

    private void embedUser() {
        if (lists == null) {
            embedding.embedInto(userRow, 0, query);
        } else {
            // Nothing is searched for.
            Arrays.fill(query, 0);
        }
    }

    /** What lists or index have for the user that was embedded last; 0 where that is nothing. */
    private int retrieveForUser(Request request, Answer answer, int want) {
        if (lists != null) {
            return lists.findInto(userRow, exclusions.filter(), want, ordinals, scores);
        }
        return isZero(query) ? 0 : retrieve(request, answer, query, want);
    }

    /** What is like the item whose vector is the query; its own list, where there is one. */
    private int retrieveAlike(Request request, Answer answer, int ordinal, int want) {
        if (lists != null && lists.haveNeighbours() && !living.isLater(ordinal)) {
            int listed = lists.similarInto(ordinal, exclusions.filter(), want, ordinals, scores);
            return filter.isOn() && listed < want
                    ? search.addInto(request, answer, query, want, ordinals, scores, listed)
                    : listed;
        }
        return likeness.begin(ordinal) ? retrieve(request, answer, query, want) : 0;
    }

    /**
     * Adds what the index has of wanted items to what was found otherwise. Who has no direction is
     * as good as one who likes what is popular.
     */
    private int goOn(Request request, Answer answer, int want, int count) {
        if (lists != null) {
            embedding.embedInto(userRow, 0, beyond);
        } else {
            System.arraycopy(query, 0, beyond, 0, query.length);
        }
        if (isZero(beyond)) {
            index.vectorInto(count > 0 ? ordinals[0] : popular.first(), beyond, 0);
        }
        return index.accepts(beyond)
                ? search.addInto(request, answer, beyond, want, ordinals, scores, count)
                : count;
    }

    private int retrieve(Request request, Answer answer, float[] vector, int want) {
        return search.findInto(request, answer, vector, want, ordinals, scores);
    }

    private static boolean isZero(float[] vector) {
        for (float component : vector) {
            if (component != 0) {
                return false;
            }
        }
        return true;
    }
}
