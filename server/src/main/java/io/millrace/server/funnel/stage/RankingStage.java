package io.millrace.server.funnel.stage;

import io.millrace.core.HotPath;
import io.millrace.ranker.dcn.LightRanker;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.funnel.rows.CandidateRates;
import io.millrace.server.funnel.rows.ItemChanges;
import io.millrace.server.funnel.scoring.CandidateScorer;
import io.millrace.server.funnel.scoring.RankingPace;
import io.millrace.server.funnel.search.FunnelWidth;
import io.millrace.server.log.RankedRates;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Scores the candidates of a request. Where the configuration says so, the light ranker cuts them
 * to a few first; so it does where the request gives that up or its deadline leaves no time to
 * score all, and then the answer says that its ranking is shallow. Where the request gives up the
 * full ranker, the light one scores.
 *
 * <p>Candidates that change while they are scored are scored again, so that no score is of half a
 * row.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
public final class RankingStage {
    /** After so many tries changes have to wait. */
    private static final int MOST_TRIES = 3;

    private final ItemChanges changes;
    private final CandidateScorer scorer;
    private final CandidateRates.@Nullable Reader rates;
    private final MemorySegment impressionRows;
    private final int rateCount;
    private final @Nullable LightRanker light;
    private final MemorySegment itemRows;
    private final int itemRowBytes;
    private final int most;
    private final int mostInHaste;
    private final RankingPace pace = new RankingPace();

    /** The candidates as they were before the light ranker moved them. */
    private final int[] uncutOrdinals;

    private final float[] uncutScores;

    /** Whether the light ranker scores in place of the full one. */
    private boolean isLight;

    public RankingStage(FunnelParts parts) {
        FunnelWidth width = parts.width();
        ItemRowMirror items = parts.items();
        changes = parts.changes();
        uncutOrdinals = new int[width.maxScored()];
        uncutScores = new float[width.maxScored()];
        CandidateRates source = parts.rates();
        rates = source == null ? null : source.newReader();
        RowLayout impressions = parts.schema().layout(FeatureScope.IMPRESSION);
        rateCount = impressions.fields().size();
        impressionRows =
                source == null
                        ? MemorySegment.NULL
                        : Arena.ofAuto()
                                .allocate(
                                        (long) width.maxScored() * impressions.rowBytes(),
                                        RowLayout.ROW_ALIGNMENT_BYTES);
        scorer = parts.ranker().newScorer(width.maxScored(), impressionRows);
        light = parts.ranker().newLightRanker(width.maxScored());
        itemRows = items.segment();
        itemRowBytes = items.layout().rowBytes();
        most = width.ranked() == 0 ? width.maxScored() : width.ranked();
        mostInHaste = width.rankedInHaste() == 0 ? most : Math.min(most, width.rankedInHaste());
    }

    /**
     * Room for the impressions' rows of the candidates of a request, one behind the other in the
     * order in which they are ranked; {@link #scoreInto} fills it. Empty where the schema declares
     * no rates.
     */
    public MemorySegment impressionRows() {
        return impressionRows;
    }

    /** The rates that stand in {@link #impressionRows}. */
    public RankedRates rankedRates() {
        return rates == null ? RankedRates.NONE : new RankedRates(impressionRows, rateCount);
    }

    /**
     * Cuts candidates where that is called for; those that stay keep their order.
     *
     * @param request whose deadline and k count
     * @param answer told when the deadline made it
     * @param userRow row of the user, at 0
     * @param contextRow row of the context, at 0
     * @param ordinals the candidates; those that stay are moved to the front
     * @param scores beside them, moved with them
     * @param count how many
     * @param weight of those scores in the choice, per unit of likeness; 0 for none
     * @return how many stay: no fewer than are asked for, as long as there are so many
     */
    public int cut(
            Request request,
            Answer answer,
            MemorySegment userRow,
            MemorySegment contextRow,
            int[] ordinals,
            float[] scores,
            int count,
            float weight) {
        if (light == null) {
            return count;
        }
        int keep = Math.min(count, Math.max(most, request.k()));
        int keepInHaste = Math.min(count, Math.max(mostInHaste, request.k()));
        if (keepInHaste < keep
                && (request.givesUp(Lever.SHALLOW_RANKING) || isLate(request, keep))) {
            keep = keepInHaste;
            answer.degrade(Lever.SHALLOW_RANKING);
        }
        System.arraycopy(ordinals, 0, uncutOrdinals, 0, count);
        System.arraycopy(scores, 0, uncutScores, 0, count);
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            long moment = changes.moment();
            int kept = cutOnce(light, userRow, contextRow, ordinals, scores, count, keep, weight);
            if (!changes.haveTouched(uncutOrdinals, count, moment)) {
                return kept;
            }
            System.arraycopy(uncutOrdinals, 0, ordinals, 0, count);
            System.arraycopy(uncutScores, 0, scores, 0, count);
        }
        changes.hold();
        try {
            return cutOnce(light, userRow, contextRow, ordinals, scores, count, keep, weight);
        } finally {
            changes.letGo();
        }
    }

    private int cutOnce(
            LightRanker cutting,
            MemorySegment userRow,
            MemorySegment contextRow,
            int[] ordinals,
            float[] scores,
            int count,
            int keep,
            float weight) {
        return cutting.cut(
                userRow,
                0,
                contextRow,
                0,
                itemRows,
                itemRowBytes,
                ordinals,
                scores,
                count,
                keep,
                weight);
    }

    private boolean isLate(Request request, int count) {
        return request.hasDeadline()
                && !pace.hasTimeFor(count, request.deadlineNs() - System.nanoTime());
    }

    /**
     * Scores candidates.
     *
     * @param request which may give up the full ranker
     * @param answer told when it did
     * @param userRow row of the user, at 0
     * @param contextRow row of the context, at 0
     * @param ordinals the candidates
     * @param count how many
     * @param momentMs when they are shown, milliseconds since 1970 UTC
     * @param scores filled; larger is better
     */
    public void scoreInto(
            Request request,
            Answer answer,
            MemorySegment userRow,
            MemorySegment contextRow,
            int[] ordinals,
            int count,
            long momentMs,
            float[] scores) {
        if (count == 0) {
            return;
        }
        isLight = light != null && request.givesUp(Lever.LIGHT_RANKING);
        if (isLight) {
            answer.degrade(Lever.LIGHT_RANKING);
            scoreUnchanged(userRow, contextRow, ordinals, count, momentMs, scores);
            return;
        }
        long beginNs = System.nanoTime();
        scoreUnchanged(userRow, contextRow, ordinals, count, momentMs, scores);
        pace.took(count, System.nanoTime() - beginNs);
    }

    private void scoreUnchanged(
            MemorySegment userRow,
            MemorySegment contextRow,
            int[] ordinals,
            int count,
            long momentMs,
            float[] scores) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            long moment = changes.moment();
            scoreOnce(userRow, contextRow, ordinals, count, momentMs, scores);
            if (!changes.haveTouched(ordinals, count, moment)) {
                return;
            }
        }
        changes.hold();
        try {
            scoreOnce(userRow, contextRow, ordinals, count, momentMs, scores);
        } finally {
            changes.letGo();
        }
    }

    private void scoreOnce(
            MemorySegment userRow,
            MemorySegment contextRow,
            int[] ordinals,
            int count,
            long momentMs,
            float[] scores) {
        if (rates != null) {
            rates.readInto(ordinals, count, momentMs, impressionRows);
        }
        if (isLight && light != null) {
            light.scoreInto(
                    userRow, 0, contextRow, 0, itemRows, itemRowBytes, ordinals, count, scores);
        } else {
            scorer.scoreInto(userRow, contextRow, ordinals, count, scores);
        }
    }
}
