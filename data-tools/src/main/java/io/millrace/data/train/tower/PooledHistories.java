package io.millrace.data.train.tower;

import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.tower.HistoryInput;
import io.millrace.ranker.tower.TwoTowerModel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The pooled histories of a batch, where the history of a positive is only what came before it. The
 * positives of a user stand one after the other in rising order, so one running sum serves all of
 * them, and their gradients are brought back in one sweep from the end.
 *
 * <p>A row at position 0 has no history: that is how newcomers are trained.
 *
 * <p>Threading: one thread; several may work on different users, or parts of the table.
 */
final class PooledHistories {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();

    private final HistoryInput history;
    private final EmbeddingTable items;
    private final int dimension;
    private final float[] sums;
    private final boolean[] isLong;
    private final int[] longBefore;

    PooledHistories(TwoTowerModel model) {
        this.history = model.history();
        this.items = model.items();
        this.dimension = items.dimension();
        this.sums = new float[2 * dimension];
        this.isLong = new boolean[history.maxLength()];
        this.longBefore = new int[history.maxLength() + 1];
    }

    /** Writes the first part of the input of each row of some users. */
    void gather(
            RowTable users,
            TowerBatch batch,
            int fromGroup,
            int toGroup,
            float[] inputs,
            int width) {
        for (int group = fromGroup; group < toGroup; group++) {
            int row = batch.groupStart(group);
            int end = batch.groupStart(group + 1);
            long offset = users.offset(batch.user(row));
            Arrays.fill(sums, 0);
            int count = 0;
            int longCount = 0;
            for (; row < end; row++) {
                for (; count < batch.position(row); count++) {
                    int item = history.item(users.segment(), offset, count);
                    ELEMENTS.addRow(1, items.segment(), items.offset(item), sums, 0, dimension);
                    if (history.isLong(users.segment(), offset, item)) {
                        ELEMENTS.addRow(
                                1, items.segment(), items.offset(item), sums, dimension, dimension);
                        longCount++;
                    }
                }
                int at = row * width;
                System.arraycopy(sums, 0, inputs, at, 2 * dimension);
                ELEMENTS.scale(inverse(count), inputs, at, dimension);
                ELEMENTS.scale(inverse(longCount), inputs, at + dimension, dimension);
            }
        }
    }

    /**
     * Brings the gradients of the first part of each row's input back to those of the watched items
     * that the trainer owns.
     */
    void scatter(
            RowTable users, TowerBatch batch, float[] gradients, int width, TableTrainer table) {
        for (int group = 0; group < batch.groups(); group++) {
            int first = batch.groupStart(group);
            scatterUser(
                    users.segment(),
                    users.offset(batch.user(first)),
                    batch,
                    first,
                    batch.groupStart(group + 1),
                    gradients,
                    width,
                    table);
        }
    }

    private void scatterUser(
            MemorySegment rows,
            long offset,
            TowerBatch batch,
            int first,
            int end,
            float[] gradients,
            int width,
            TableTrainer table) {
        int length = batch.position(end - 1);
        for (int i = 0; i < length; i++) {
            isLong[i] = history.isLong(rows, offset, history.item(rows, offset, i));
            longBefore[i + 1] = longBefore[i] + (isLong[i] ? 1 : 0);
        }
        Arrays.fill(sums, 0);
        int row = end - 1;
        for (int i = length - 1; i >= 0; i--) {
            for (; row >= first && batch.position(row) > i; row--) {
                int at = row * width;
                int position = batch.position(row);
                VECTORS.addScaled(inverse(position), gradients, at, sums, 0, dimension);
                VECTORS.addScaled(
                        inverse(longBefore[position]),
                        gradients,
                        at + dimension,
                        sums,
                        dimension,
                        dimension);
            }
            int item = history.item(rows, offset, i);
            if (table.owns(item)) {
                table.add(item, 1, sums, 0);
                if (isLong[i]) {
                    table.add(item, 1, sums, dimension);
                }
            }
        }
    }

    private static float inverse(int count) {
        return count == 0 ? 0 : 1f / count;
    }
}
