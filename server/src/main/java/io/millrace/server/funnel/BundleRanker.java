package io.millrace.server.funnel;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.dcn.LightRanker;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.ItemRowMirror;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The ranker of a bundle, with the halves of its items and the light ranker where the bundle has
 * them.
 *
 * <p>Threading: any thread. Ownership: closes what it opened, not the rows.
 */
final class BundleRanker implements AutoCloseable {
    private final DcnModel model;
    private final ItemRowMirror items;
    private final @Nullable DcnItemHalves halves;
    private final @Nullable DcnModel light;

    private BundleRanker(
            DcnModel model,
            ItemRowMirror items,
            @Nullable DcnItemHalves halves,
            @Nullable DcnModel light) {
        this.model = model;
        this.items = items;
        this.halves = halves;
        this.light = light;
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
    static BundleRanker open(
            Path bundle,
            BundleManifest manifest,
            FeatureSchema schema,
            RowTable itemRows,
            ItemRowMirror items) {
        DcnModel model = DcnModel.load(bundle.resolve(BundleLayout.RANKER), schema);
        DcnItemHalves halves = null;
        try {
            if (manifest.files().containsKey(BundleLayout.ITEM_HALVES)) {
                halves =
                        DcnHalvesFile.read(
                                bundle.resolve(BundleLayout.ITEM_HALVES), model, itemRows);
                refresh(halves, model, itemRows, items);
            }
            DcnModel light =
                    manifest.files().containsKey(BundleLayout.LIGHT_RANKER)
                            ? DcnModel.load(bundle.resolve(BundleLayout.LIGHT_RANKER), schema)
                            : null;
            return new BundleRanker(model, items, halves, light);
        } catch (Throwable t) {
            if (halves != null) {
                halves.close();
            }
            model.close();
            throw t;
        }
    }

    /** Rows that have changed since the bundle was built give other halves. */
    private static void refresh(
            DcnItemHalves halves, DcnModel model, RowTable itemRows, ItemRowMirror items) {
        int rowBytes = items.layout().rowBytes();
        for (int ordinal = 0; ordinal < items.count(); ordinal++) {
            long from = items.offset(ordinal);
            long to = from + rowBytes;
            if (MemorySegment.mismatch(itemRows.segment(), from, to, items.segment(), from, to)
                    >= 0) {
                halves.set(model.input(), items.segment(), rowBytes, ordinal, 1);
            }
        }
    }

    /**
     * A scorer for one thread.
     *
     * @param maxCandidates the most candidates of a request
     */
    CandidateScorer newScorer(int maxCandidates) {
        if (halves != null) {
            return new HalvesScorer(model.input(), halves);
        }
        DcnScorer scorer = model.newScorer(maxCandidates);
        MemorySegment rows = items.segment();
        int rowBytes = items.layout().rowBytes();
        return (userRow, contextRow, ordinals, count, scores) ->
                scorer.scoreInto(
                        userRow, 0, contextRow, 0, rows, rowBytes, ordinals, count, scores);
    }

    /** Whether there is a light ranker. */
    boolean hasLightRanker() {
        return light != null;
    }

    /**
     * A light ranker for one thread.
     *
     * @param maxCandidates the most candidates of a request
     * @return null where the bundle has none
     */
    @Nullable LightRanker newLightRanker(int maxCandidates) {
        return light == null ? null : new LightRanker(light, maxCandidates);
    }

    @Override
    public void close() {
        if (light != null) {
            light.close();
        }
        if (halves != null) {
            halves.close();
        }
        model.close();
    }
}
