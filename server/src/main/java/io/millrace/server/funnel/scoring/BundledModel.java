package io.millrace.server.funnel.scoring;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.WorkCrew;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.HeadValue;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.ItemRowMirror;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A model that scores items, with their halves where the bundle has them.
 *
 * <p>Ownership: closes both.
 *
 * @param model the model
 * @param halves what each item contributes to its first layers, or null
 * @param value what candidates are worth by its heads, as the bundle declares it
 */
record BundledModel(DcnModel model, @Nullable DcnItemHalves halves, HeadValue value)
        implements AutoCloseable {
    /** Items whose rows a thread compares at a time. */
    private static final int CHUNK_ITEMS = 4_096;

    /**
     * Opens a model.
     *
     * @param bundle directory of the bundle
     * @param manifest what the bundle says of itself
     * @param weights name of the model's file
     * @param halves name of the file of its halves, which may be missing
     * @param schema the declared features
     * @param itemRows the items as they were when the bundle was built
     * @param room for the halves of how many items that come later
     * @throws MillraceException when a file is damaged or belongs to another bundle, or the model
     *     lacks a head that the bundle orders by
     */
    static BundledModel open(
            Path bundle,
            BundleManifest manifest,
            String weights,
            String halves,
            FeatureSchema schema,
            RowTable itemRows,
            int room) {
        DcnModel model = DcnModel.load(bundle.resolve(weights), schema);
        try {
            HeadValue value = ValueFormula.declaredBy(manifest).of(model.heads());
            if (!manifest.files().containsKey(halves)) {
                return new BundledModel(model, null, value);
            }
            DcnItemHalves read = DcnHalvesFile.read(bundle.resolve(halves), model, itemRows, room);
            return new BundledModel(model, read, value);
        } catch (Throwable t) {
            model.close();
            throw t;
        }
    }

    /** Rows that have changed since the bundle was built give other halves. */
    void refreshChanged(RowTable itemRows, ItemRowMirror items) {
        if (halves == null) {
            return;
        }
        int rowBytes = items.layout().rowBytes();
        try (WorkCrew crew = WorkCrew.here("halves")) {
            crew.run(
                    items.count(),
                    CHUNK_ITEMS,
                    (worker, first, end) -> {
                        for (int ordinal = first; ordinal < end; ordinal++) {
                            long from = items.offset(ordinal);
                            long to = from + rowBytes;
                            MemorySegment built = itemRows.segment();
                            if (MemorySegment.mismatch(built, from, to, items.segment(), from, to)
                                    >= 0) {
                                refresh(items, ordinal);
                            }
                        }
                    });
        }
    }

    /** Computes the halves of an item anew, whose row has changed. */
    void refresh(ItemRowMirror items, int ordinal) {
        if (halves != null) {
            halves.set(
                    model.input().item(), items.segment(), items.layout().rowBytes(), ordinal, 1);
        }
    }

    @Override
    public void close() {
        if (halves != null) {
            halves.close();
        }
        model.close();
    }
}
