package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.rerank.OrdinalSet;
import io.millrace.ranker.rerank.RequestFilter;
import io.millrace.server.funnel.rows.RequestRows;
import io.millrace.server.living.LivingItems;
import io.millrace.server.log.AnsweredRows;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestCandidates;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

/**
 * Ranks the items of the catalogue that a request names, each once; names that no item has are left
 * out.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class ItemRanking {
    private static final int APPLY_RULES = 1;

    private final LivingItems living;
    private final RankingStage ranking;
    private final AnswerStage answers;

    /** The caller has chosen the candidates: nothing is filtered. */
    private final RequestFilter nothing;

    private final OrdinalSet unique;
    private final int[] ordinals;
    private final float[] scores;
    private final AnsweredRows answered;

    public ItemRanking(FunnelParts parts, RankingStage ranking, AnswerStage answers) {
        this.living = parts.living();
        this.ranking = ranking;
        this.answers = answers;
        int maxCandidates = parts.width().maxCandidates();
        nothing = new RequestFilter(parts.rules(), parts.schema(), 0);
        unique = new OrdinalSet(maxCandidates);
        ordinals = new int[maxCandidates];
        scores = new float[maxCandidates];
        answered = new CatalogueRows(parts, ordinals);
    }

    /** Ranks for the user and the context of the rows. */
    public void rank(Request request, Answer answer, StageClock clock, RequestRows rows) {
        int found = find(request.candidates());
        clock.end(Stage.RETRIEVE);
        int ranked =
                ranking.cut(
                        request, answer, rows.user(), rows.context(), ordinals, scores, found, 0);
        ranking.scoreInto(
                request,
                answer,
                rows.user(),
                rows.context(),
                ordinals,
                ranked,
                rows.momentMs(),
                scores);
        clock.end(Stage.RANK);
        int k = Math.min(request.k(), ranked);
        if ((request.flags() & APPLY_RULES) != 0) {
            answers.applyRules(ordinals, scores, ranked, nothing, k, answer, SourceCode.RANKED);
            clock.end(Stage.RERANK);
        } else {
            answers.takeBest(ordinals, scores, ranked, k, answer, SourceCode.RANKED);
        }
        AnswerStage.finish(request, answer, found, ranked);
    }

    /** Where the rows are of what was answered last. */
    public AnsweredRows rows() {
        return answered;
    }

    private int find(RequestCandidates candidates) {
        unique.clear();
        int found = 0;
        for (int i = 0; i < candidates.count(); i++) {
            int ordinal = living.ordinalOf(candidates.itemId(i));
            if (ordinal != VectorIndex.NO_ORDINAL && unique.add(ordinal)) {
                ordinals[found++] = ordinal;
            }
        }
        return found;
    }
}
