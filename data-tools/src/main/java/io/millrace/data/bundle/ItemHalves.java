package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnNetwork;
import io.millrace.ranker.dcn.HalvesObstacle;
import io.millrace.ranker.dcn.HalvesType;
import io.millrace.ranker.features.RowTable;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * The halves of all items: what each contributes to the ranker's first layers. They do not depend
 * on the number of threads.
 */
final class ItemHalves {
    private static final int BLOCK_ROWS = 120;

    private ItemHalves() {}

    /**
     * Writes them, unless they would take too much memory and nobody asked for them.
     *
     * @param mostBytes the most memory that is not too much.
     * @return what was written or left out, null where none are wanted.
     */
    static @Nullable HalvesReport write(
            Path ranker,
            Dataset dataset,
            BuildPlan plan,
            long mostBytes,
            Path target,
            ProgressListener progress) {
        RowTable items = dataset.items();
        HalvesType wanted = plan.itemHalves().type();
        if (wanted == null) {
            return null;
        }
        try (DcnModel model = DcnModel.load(ranker, dataset.schema())) {
            HalvesObstacle obstacle = DcnItemHalves.obstacle(model);
            if (obstacle != null) {
                return new HalvesReport(wanted, 0, null, obstacle);
            }
            int sharedWidth = model.input().sharedWidth();
            HalvesType type = smallest(wanted, model.network(), sharedWidth);
            long bytes = items.count() * DcnItemHalves.rowBytes(model.network(), sharedWidth, type);
            if (plan.itemHalves() == HalvesChoice.AUTO && bytes > mostBytes) {
                return new HalvesReport(type, bytes, null, null);
            }
            try (DcnItemHalves halves =
                            new DcnItemHalves(model.network(), sharedWidth, items.count(), type);
                    ProgressListener.Stage stage =
                            progress.start("compute item halves", items.count())) {
                ItemBlocks.run(
                        items.count(),
                        BLOCK_ROWS,
                        plan.graph().threads(),
                        stage,
                        (from, to) ->
                                halves.set(
                                        model.input(),
                                        items.segment(),
                                        items.layout().rowBytes(),
                                        from,
                                        to - from));
                DcnHalvesFile.write(halves, target);
                return new HalvesReport(type, bytes, HalvesLoss.of(model, halves, dataset), null);
            }
        }
    }

    /** The scale of a short int8 row takes more than its numbers: then bfloat16 is smaller. */
    private static HalvesType smallest(HalvesType wanted, DcnNetwork network, int sharedWidth) {
        boolean isWasted =
                wanted == HalvesType.INT8
                        && DcnItemHalves.rowBytes(network, sharedWidth, HalvesType.BF16)
                                <= DcnItemHalves.rowBytes(network, sharedWidth, HalvesType.INT8);
        return isWasted ? HalvesType.BF16 : wanted;
    }
}
