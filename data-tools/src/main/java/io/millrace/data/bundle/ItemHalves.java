package io.millrace.data.bundle;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.dcn.DcnHalvesFile;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.features.RowTable;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

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
                    ForkJoinPool pool = new ForkJoinPool(threads);
                    ProgressListener.Stage stage =
                            progress.start("compute item halves", items.count())) {
                pool.submit(() -> compute(model, items, halves, stage)).get();
                DcnHalvesFile.write(halves, target);
            }
        } catch (ExecutionException e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "item halves cannot be computed: ranker=" + ranker, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(ErrorCode.UNAVAILABLE, "building was interrupted", e);
        }
    }

    private static void compute(
            DcnModel model, RowTable items, DcnItemHalves halves, ProgressListener.Stage stage) {
        IntStream.range(0, Math.ceilDiv(items.count(), BLOCK_ROWS))
                .parallel()
                .forEach(
                        block -> {
                            int from = block * BLOCK_ROWS;
                            int count = Math.min(BLOCK_ROWS, items.count() - from);
                            halves.set(
                                    model.input(),
                                    items.segment(),
                                    items.layout().rowBytes(),
                                    from,
                                    count);
                            stage.advance(count);
                        });
    }
}
