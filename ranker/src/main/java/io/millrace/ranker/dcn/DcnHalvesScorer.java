package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;

/**
 * Gives the logits of items whose halves of the first layers were computed before.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class DcnHalvesScorer {
    private final DcnBatch batch;
    private final int sharedWidth;

    /**
     * A scorer.
     *
     * @param halves what all items contribute.
     */
    public DcnHalvesScorer(DcnItemHalves halves) {
        this.batch = new DcnBatch(halves.serving(), halves);
        this.sharedWidth = halves.serving().sharedWidth();
    }

    /**
     * Scores items.
     *
     * @param shared the part of the input that is the request's.
     * @param parts the parts of all items, one behind the other in the order of the halves: the
     *     cross layers take them as they are.
     * @param items which to score.
     * @param count how many.
     * @param head which logit.
     * @param logits the logits beside the items.
     */
    @HotPath
    public void logitsInto(
            float[] shared, float[] parts, int[] items, int count, int head, float[] logits) {
        if (count == 0) {
            return;
        }
        float[] inputs = batch.inputs();
        int width = batch.width();
        int ownWidth = width - sharedWidth;
        System.arraycopy(shared, 0, inputs, 0, sharedWidth);
        batch.beginRequest(count);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = Math.min(DcnBatch.ROWS, count - from);
            batch.beginPiece(items, from);
            for (int row = 0; row < rows; row++) {
                System.arraycopy(
                        parts,
                        items[from + row] * ownWidth,
                        inputs,
                        row * width + sharedWidth,
                        ownWidth);
            }
            batch.run(rows);
            batch.logitsInto(head, rows, logits, from);
        }
    }
}
