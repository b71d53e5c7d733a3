package io.millrace.data.bundle;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.VectorSet;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.TwoTowerModel;

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
        try (ProgressListener.Stage stage = progress.start("embed items", items.count())) {
            ItemBlocks.run(
                    items.count(),
                    BLOCK_ROWS,
                    threads,
                    stage,
                    (from, to) -> embed(model.newItemTower(), items, from, to, vectors));
            return vectors;
        } catch (MillraceException e) {
            vectors.close();
            throw e;
        }
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
