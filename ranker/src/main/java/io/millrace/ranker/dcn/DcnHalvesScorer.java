package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;

import java.lang.foreign.MemorySegment;

/**
 * Gives the logits of items whose halves of the first layers were computed before.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class DcnHalvesScorer {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final DcnBatch batch;
    private final MemorySegment halves;
    private final long rowBytes;
    private final int sharedWidth;
    private final int partFloats;

    /**
     * A scorer.
     *
     * @param halves what all items contribute.
     */
    public DcnHalvesScorer(DcnItemHalves halves) {
        this.batch = new DcnBatch(halves.serving(), halves);
        this.halves = halves.segment();
        this.rowBytes = halves.rowBytes();
        this.sharedWidth = halves.serving().sharedWidth();
        this.partFloats = halves.partFloats();
    }

    /**
     * Scores items.
     *
     * @param shared the part of the input that is the request's.
     * @param items which to score.
     * @param count how many.
     * @param head which logit.
     * @param logits the logits beside the items.
     */
    @HotPath
    public void logitsInto(float[] shared, int[] items, int count, int head, float[] logits) {
        if (count == 0) {
            return;
        }
        float[] inputs = batch.inputs();
        int width = batch.width();
        System.arraycopy(shared, 0, inputs, 0, sharedWidth);
        batch.beginRequest(count);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = Math.min(DcnBatch.ROWS, count - from);
            batch.beginPiece(items, from);
            for (int row = 0; row < rows && partFloats > 0; row++) {
                ELEMENTS.copyRow(
                        halves,
                        items[from + row] * rowBytes,
                        inputs,
                        row * width + sharedWidth,
                        partFloats);
            }
            batch.run(rows);
            batch.logitsInto(head, rows, logits, from);
        }
    }
}
