package io.millrace.data.bundle;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.VectorSet;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.TwoTowerModel;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * The vectors of all items. An item's vector does not depend on those embedded beside it, so the
 * result is the same on any number of threads.
 */
final class ItemEmbedding {
    private static final int BLOCK_ROWS = 32 * ItemTower.BATCH;

    private ItemEmbedding() {}

    static VectorSet run(
            TwoTowerModel model, RowTable items, int threads, ProgressListener progress) {
        VectorSet vectors = VectorSet.allocate(items.count(), model.shape().dimension());
        try (ForkJoinPool pool = new ForkJoinPool(threads);
                ProgressListener.Stage stage = progress.start("embed items", items.count())) {
            pool.submit(() -> embedAll(model, items, vectors, stage)).get();
            return vectors;
        } catch (ExecutionException e) {
            vectors.close();
            if (e.getCause() instanceof MillraceException own) {
                throw own;
            }
            throw new MillraceException(
                    ErrorCode.INTERNAL, "items cannot be embedded: items=" + items.count(), e);
        } catch (InterruptedException e) {
            vectors.close();
            Thread.currentThread().interrupt();
            throw new MillraceException(ErrorCode.UNAVAILABLE, "building was interrupted", e);
        }
    }

    private static void embedAll(
            TwoTowerModel model, RowTable items, VectorSet vectors, ProgressListener.Stage stage) {
        IntStream.range(0, Math.ceilDiv(items.count(), BLOCK_ROWS))
                .parallel()
                .forEach(
                        block -> {
                            int from = block * BLOCK_ROWS;
                            int to = Math.min(items.count(), from + BLOCK_ROWS);
                            embed(model.newItemTower(), items, from, to, vectors);
                            stage.advance(to - from);
                        });
    }

    private static void embed(
            ItemTower tower, RowTable items, int from, int to, VectorSet vectors) {
        int dimension = tower.dimension();
        float[] batch = new float[ItemTower.BATCH * dimension];
        for (int row = from; row < to; row += ItemTower.BATCH) {
            int count = Math.min(ItemTower.BATCH, to - row);
            tower.embedInto(items, row, count, batch, 0);
            for (int i = 0; i < count; i++) {
                checkFinite(items, row + i, batch, i * dimension, dimension);
                vectors.set(row + i, batch, i * dimension);
            }
        }
    }

    private static void checkFinite(
            RowTable items, int row, float[] vector, int from, int dimension) {
        float squares = 0;
        for (int i = from; i < from + dimension; i++) {
            squares += vector[i] * vector[i];
        }
        if (!(squares > 0) || Float.isInfinite(squares)) {
            throw MillraceException.of(
                    ErrorCode.BAD_INPUT,
                    "an item has no direction: item=%d, squared length=%s; train the towers again",
                    items.id(row),
                    squares);
        }
    }
}
