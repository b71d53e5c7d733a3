package io.millrace.server.funnel.scoring;

import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.dcn.HalvesCandidateScorer;
import io.millrace.ranker.dcn.HeadValue;
import io.millrace.ranker.dcn.LightRanker;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.ItemRowMirror;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The ranker of a bundle, and the light one where the bundle has it.
 *
 * <p>Threading: any thread.
 */
public final class BundleRanker {
    private final BundledModel full;
    private final @Nullable BundledModel light;
    private final ItemRowMirror items;

    /**
     * Ranks with models; halves of items that have changed are computed anew.
     *
     * @param models what the bundle has, to be closed after this was used
     * @param itemRows the items as they were when the bundle was built
     * @param items the items as they are
     */
    public BundleRanker(BundledModels models, RowTable itemRows, ItemRowMirror items) {
        full = models.full();
        light = models.light();
        this.items = items;
        full.refreshChanged(itemRows, items);
        if (light != null) {
            light.refreshChanged(itemRows, items);
        }
    }

    /**
     * A scorer for one thread, by what the bundle declares items to be worth.
     *
     * @param maxCandidates the most candidates of a request
     * @param impressionRows where the impressions' rows of the candidates of a call are found
     */
    public CandidateScorer newScorer(int maxCandidates, MemorySegment impressionRows) {
        return newScorer(maxCandidates, impressionRows, full.value());
    }

    /**
     * Scorers for one thread, one for the probability of each head.
     *
     * @param maxCandidates the most candidates of a request
     * @param impressionRows where the impressions' rows of the candidates of a call are found
     */
    public List<CandidateScorer> newHeadScorers(int maxCandidates, MemorySegment impressionRows) {
        RankerHeads heads = full.model().heads();
        return heads.names().stream()
                .map(name -> ValueFormula.parse(name).of(heads))
                .map(value -> newScorer(maxCandidates, impressionRows, value))
                .toList();
    }

    /** Names of what the ranker foretells. */
    public List<String> heads() {
        return full.model().heads().names();
    }

    private CandidateScorer newScorer(
            int maxCandidates, MemorySegment impressionRows, HeadValue value) {
        DcnItemHalves halves = full.halves();
        if (halves != null) {
            return new HalvesScorer(
                    new HalvesCandidateScorer(full.model(), halves, impressionRows, value), items);
        }
        DcnScorer scorer = full.model().newScorer(maxCandidates, impressionRows, value);
        MemorySegment rows = items.segment();
        int rowBytes = items.layout().rowBytes();
        return (userRow, contextRow, ordinals, count, scores) ->
                scorer.scoreInto(
                        userRow, 0, contextRow, 0, rows, rowBytes, ordinals, count, scores);
    }

    /**
     * A scorer for one thread, for candidates whose rows are not those of the items.
     *
     * @param maxCandidates the most candidates of a request
     * @param impressionRows where the impressions' rows of the candidates of a call are found
     */
    public DcnScorer newRowScorer(int maxCandidates, MemorySegment impressionRows) {
        return full.model().newScorer(maxCandidates, impressionRows, full.value());
    }

    /** Whether there is a light ranker. */
    public boolean hasLightRanker() {
        return light != null;
    }

    /**
     * A light ranker for one thread.
     *
     * @param maxCandidates the most candidates of a request
     * @return null where the bundle has none
     */
    public @Nullable LightRanker newLightRanker(int maxCandidates) {
        return light == null
                ? null
                : new LightRanker(light.model(), light.halves(), maxCandidates, light.value());
    }

    /** The row of an item has changed, and what was computed of it changes with it. */
    public void refresh(int ordinal) {
        full.refresh(items, ordinal);
        if (light != null) {
            light.refresh(items, ordinal);
        }
    }
}
