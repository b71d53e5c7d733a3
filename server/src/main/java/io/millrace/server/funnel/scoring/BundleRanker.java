package io.millrace.server.funnel.scoring;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.dcn.HalvesCandidateScorer;
import io.millrace.ranker.dcn.HeadValue;
import io.millrace.ranker.dcn.LightRanker;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.ItemRowMirror;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * The ranker of a bundle, and the light one where the bundle has it.
 *
 * <p>Threading: any thread. Ownership: closes what it opened, not the rows.
 */
public final class BundleRanker implements AutoCloseable {
    private final BundledModel full;
    private final @Nullable BundledModel light;
    private final ItemRowMirror items;

    private BundleRanker(BundledModel full, @Nullable BundledModel light, ItemRowMirror items) {
        this.full = full;
        this.light = light;
        this.items = items;
    }

    /**
     * Opens what a bundle has.
     *
     * @param bundle its directory
     * @param manifest what it says of itself
     * @param schema the declared features
     * @param itemRows the items as they were when the bundle was built
     * @param items the items as they are
     * @throws MillraceException when a file is damaged or belongs to another bundle
     */
    public static BundleRanker open(
            Path bundle,
            BundleManifest manifest,
            FeatureSchema schema,
            RowTable itemRows,
            ItemRowMirror items) {
        BundledModel full =
                BundledModel.open(
                        bundle,
                        manifest,
                        BundleLayout.RANKER,
                        BundleLayout.ITEM_HALVES,
                        schema,
                        itemRows,
                        items);
        if (!manifest.files().containsKey(BundleLayout.LIGHT_RANKER)) {
            return new BundleRanker(full, null, items);
        }
        try {
            BundledModel light =
                    BundledModel.open(
                            bundle,
                            manifest,
                            BundleLayout.LIGHT_RANKER,
                            BundleLayout.LIGHT_HALVES,
                            schema,
                            itemRows,
                            items);
            return new BundleRanker(full, light, items);
        } catch (Throwable t) {
            full.close();
            throw t;
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

    @Override
    public void close() {
        if (light != null) {
            light.close();
        }
        full.close();
    }
}
