package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.features.RowTable;

import java.nio.file.Path;

/**
 * The halves of all items: what each contributes to the ranker's first layers. They do not depend
 * on the number of threads.
 */
final class ItemHalves {
    private static final int BLOCK_ROWS = 120;

    private ItemHalves() {}

    /** Writes them, unless the ranker has no layer on its input. */
    static void write(
            Path ranker, Dataset dataset, int threads, Path target, ProgressListener progress) {
        RowTable items = dataset.items();
        try (DcnModel model = DcnModel.load(ranker, dataset.schema())) {
            if (!DcnItemHalves.isOfUseTo(model.shape())) {
                return;
            }
            try (DcnItemHalves halves =
                            new DcnItemHalves(
                                    model.network(), model.input().sharedWidth(), items.count());
                    ProgressListener.Stage stage =
                            progress.start("compute item halves", items.count())) {
                ItemBlocks.run(
                        items.count(),
                        BLOCK_ROWS,
                        threads,
                        stage,
                        (from, to) ->
                                halves.set(
                                        model.input(),
                                        items.segment(),
                                        items.layout().rowBytes(),
                                        from,
                                        to - from));
                DcnHalvesFile.write(halves, target);
            }
        }
    }
}
