package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.rerank.CandidateOutcome;
import io.millrace.ranker.rerank.RequestFilter;
import io.millrace.ranker.rerank.Reranker;
import io.millrace.ranker.rerank.Slate;
import io.millrace.ranker.rerank.SlotReason;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.funnel.search.FunnelWidth;
import io.millrace.server.funnel.search.TopSelection;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

/**
 * Puts the best of scored candidates into an answer.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class AnswerStage {
    private final ItemRowMirror items;
    private final Reranker reranker;
    private final Slate slate;
    private final TopSelection top;

    public AnswerStage(FunnelParts parts) {
        FunnelWidth width = parts.width();
        items = parts.items();
        reranker =
                new Reranker(
                        parts.rules(),
                        parts.schema(),
                        parts.items(),
                        parts.vectors(),
                        Math.max(width.maxRetrieved(), width.maxCandidates()),
                        width.maxAnswers());
        slate = new Slate(width.maxAnswers());
        top = new TopSelection(width.maxAnswers());
    }

    /** Takes those that the rules choose. */
    public void applyRules(
            int[] ordinals,
            float[] scores,
            int count,
            RequestFilter filter,
            int k,
            Answer answer,
            SourceCode source) {
        int size = reranker.rerankInto(ordinals, scores, count, filter, k, slate);
        for (int i = 0; i < size; i++) {
            answer.add(items.id(slate.ordinal(i)), slate.score(i), source);
        }
        if (slate.isRelaxed()) {
            answer.reason(ReasonCode.RULES_RELAXED);
        }
    }

    /** What became of a candidate when rules were applied last. */
    CandidateOutcome outcomeOf(int ordinal) {
        return reranker.outcomeOf(ordinal);
    }

    /** Why the item stands there that rules took to a place last. */
    SlotReason reasonAt(int place) {
        return slate.reason(place);
    }

    /** Takes the best by score. */
    public void takeBest(
            int[] ordinals, float[] scores, int count, int k, Answer answer, SourceCode source) {
        int size = top.select(ordinals, scores, count, k);
        for (int i = 0; i < size; i++) {
            answer.add(items.id(top.ordinal(i)), top.score(i), source);
        }
    }

    /** Takes the first, which are in the order of a search. */
    public void takeFirst(int[] ordinals, float[] scores, int count, int k, Answer answer) {
        int size = Math.min(count, k);
        for (int i = 0; i < size; i++) {
            answer.add(items.id(ordinals[i]), scores[i], SourceCode.RETRIEVED);
        }
    }

    /** Notes what the stages before did, and whether there is less than was asked for. */
    public static void finish(Request request, Answer answer, int retrieved, int ranked) {
        answer.worked(retrieved, ranked);
        if (answer.count() < request.k()) {
            answer.reason(ReasonCode.FEWER_THAN_K);
        }
    }
}
