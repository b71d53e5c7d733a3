package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.server.funnel.rows.CandidateRows;
import io.millrace.server.funnel.rows.RequestRows;
import io.millrace.server.funnel.search.TopSelection;
import io.millrace.server.log.AnsweredRows;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestCandidates;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Ranks candidates by the rows that their request brought; nothing of a catalogue is asked for.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class RowRanking implements AnsweredRows {
    private static final int APPLY_RULES = 1;

    private final CandidateRows.Reader reader;
    private final DcnScorer scorer;
    private final @Nullable Calibration calibration;
    private final RowLayout impressionLayout;
    private final MemorySegment impressionRows;
    private final int rowBytes;
    private final MemorySegment candidateRows;

    /** Of the candidates in their order: 0, 1, 2 and on. */
    private final int[] places;

    private final float[] scores;
    private final TopSelection top;

    /**
     * A ranking.
     *
     * @param schema the declared features
     * @param rows where the rows of candidates come from
     * @param scorer scores as many as a request may bring
     * @param calibration of the one probability that it scores by, or null
     * @param impressionRows where the scorer finds rates; empty where the schema declares none
     */
    public RowRanking(
            FeatureSchema schema,
            CandidateRows rows,
            DcnScorer scorer,
            @Nullable Calibration calibration,
            MemorySegment impressionRows) {
        this.reader = rows.newReader();
        this.scorer = scorer;
        this.calibration = calibration;
        this.impressionLayout = schema.layout(FeatureScope.IMPRESSION);
        this.impressionRows = impressionRows;
        int maxCandidates = scorer.maxCandidates();
        this.rowBytes = schema.layout(FeatureScope.ITEM).rowBytes();
        this.candidateRows =
                Arena.ofAuto()
                        .allocate((long) maxCandidates * rowBytes, RowLayout.ROW_ALIGNMENT_BYTES);
        this.places = new int[maxCandidates];
        Arrays.setAll(places, place -> place);
        this.scores = new float[maxCandidates];
        this.top = new TopSelection(maxCandidates);
    }

    /** Ranks for the user and the context of the rows; the answer fails where it can't. */
    public void rank(Request request, Answer answer, StageClock clock, RequestRows rows) {
        if ((request.flags() & APPLY_RULES) != 0) {
            answer.fail(
                    Status.BAD_REQUEST,
                    "rules need items of the catalogue; leave out the flag or the columns");
            return;
        }
        if (!reader.readInto(request, candidateRows, answer)) {
            return;
        }
        clock.end(Stage.RETRIEVE);
        RequestCandidates candidates = request.candidates();
        int count = candidates.count();
        clearRates(count);
        scorer.scoreInto(
                rows.user(), 0, rows.context(), 0, candidateRows, rowBytes, places, count, scores);
        clock.end(Stage.RANK);
        int size = top.select(places, scores, count, Math.min(request.k(), count));
        for (int i = 0; i < size; i++) {
            answer.add(
                    candidates.itemId(top.ordinal(i)), calibrated(top.score(i)), SourceCode.RANKED);
        }
        AnswerStage.finish(request, answer, count, count);
    }

    /** Events name items of the catalogue, so nothing was counted of these. */
    private void clearRates(int count) {
        if (impressionRows.byteSize() > 0) {
            for (int i = 0; i < count; i++) {
                impressionLayout.clear(impressionRows, (long) i * impressionLayout.rowBytes());
            }
        }
    }

    private float calibrated(float probability) {
        return calibration == null ? probability : calibration.apply(probability);
    }

    @Override
    public MemorySegment memory() {
        return candidateRows;
    }

    @Override
    public long offset(int index, long itemId) {
        return (long) top.ordinal(index) * rowBytes;
    }

    @Override
    public int candidate(int index, long itemId, int ranked) {
        return top.ordinal(index);
    }
}
