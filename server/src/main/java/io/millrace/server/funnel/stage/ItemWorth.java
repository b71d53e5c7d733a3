package io.millrace.server.funnel.stage;

import io.millrace.ranker.dcn.LightRanker;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.explain.ExplainedItem.Worth;
import io.millrace.server.explain.Explanation;
import io.millrace.server.explain.FieldContributions;
import io.millrace.server.funnel.rows.CandidateRates;
import io.millrace.server.funnel.rows.ItemChanges;
import io.millrace.server.funnel.rows.RequestRows;
import io.millrace.server.funnel.scoring.BundleRanker;
import io.millrace.server.funnel.scoring.CandidateScorer;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * What items are worth to a user, head by head and feature by feature, whether they are candidates
 * or not: by the scorers that rank candidates.
 *
 * <p>Threading: one thread. Allocation: as it is asked.
 */
final class ItemWorth {
    /** After so many tries changes have to wait. */
    private static final int MOST_TRIES = 3;

    private final RequestRows rows;
    private final ItemRowMirror items;
    private final ItemChanges changes;
    private final CandidateRates.@Nullable Reader rates;
    private final MemorySegment impressionRows;
    private final CandidateScorer scorer;
    private final List<CandidateScorer> byHead;
    private final @Nullable LightRanker light;
    private final FieldContributions contributions;

    /**
     * The worth of items.
     *
     * @param parts has the items and the ranker
     * @param rows of the user and the context
     * @param most the most items at a time
     */
    ItemWorth(FunnelParts parts, RequestRows rows, int most) {
        this.rows = rows;
        items = parts.items();
        changes = parts.changes();
        CandidateRates source = parts.rates();
        rates = source == null ? null : source.newReader();
        RowLayout impressions = parts.schema().layout(FeatureScope.IMPRESSION);
        impressionRows =
                source == null
                        ? MemorySegment.NULL
                        : Arena.ofAuto()
                                .allocate(
                                        (long) most * impressions.rowBytes(),
                                        RowLayout.ROW_ALIGNMENT_BYTES);
        BundleRanker ranker = parts.ranker();
        scorer = ranker.newScorer(most, impressionRows);
        byHead = ranker.newHeadScorers(most, impressionRows);
        light = ranker.newLightRanker(most);
        contributions =
                new FieldContributions(
                        parts.schema(), ranker.newRowScorer(most, impressionRows), impressionRows);
    }

    /** What the contributions are of, in their order. */
    List<Explanation.Field> fields() {
        return contributions.fields();
    }

    /**
     * The worth of each of some items that are served, to the user and in the context of the rows.
     */
    Worth[] of(int[] ordinals) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            long moment = changes.moment();
            Worth[] worth = once(ordinals);
            if (!changes.haveTouched(ordinals, ordinals.length, moment)) {
                return worth;
            }
        }
        changes.hold();
        try {
            return once(ordinals);
        } finally {
            changes.letGo();
        }
    }

    private Worth[] once(int[] ordinals) {
        int count = ordinals.length;
        if (rates != null) {
            rates.readInto(ordinals, count, rows.momentMs(), impressionRows);
        }
        float[] values = score(scorer, ordinals);
        float[][] heads = new float[byHead.size()][];
        for (int head = 0; head < heads.length; head++) {
            heads[head] = score(byHead.get(head), ordinals);
        }
        float[] byLight = scoreByLight(ordinals);
        for (int i = 0; i < count; i++) {
            contributions.item(i, items.segment(), items.offset(ordinals[i]));
        }
        float[][] byField = contributions.of(rows.user(), rows.context(), count);
        Worth[] worth = new Worth[count];
        for (int i = 0; i < count; i++) {
            float[] probabilities = new float[heads.length];
            for (int head = 0; head < heads.length; head++) {
                probabilities[head] = heads[head][i];
            }
            worth[i] = new Worth(byLight[i], values[i], probabilities, byField[i]);
        }
        return worth;
    }

    private float[] score(CandidateScorer by, int[] ordinals) {
        float[] scores = new float[ordinals.length];
        if (scores.length > 0) {
            by.scoreInto(rows.user(), rows.context(), ordinals, scores.length, scores);
        }
        return scores;
    }

    private float[] scoreByLight(int[] ordinals) {
        float[] scores = new float[ordinals.length];
        if (light == null) {
            Arrays.fill(scores, Float.NaN);
        } else if (scores.length > 0) {
            light.scoreInto(
                    rows.user(),
                    0,
                    rows.context(),
                    0,
                    items.segment(),
                    items.layout().rowBytes(),
                    ordinals,
                    scores.length,
                    scores);
        }
        return scores;
    }
}
