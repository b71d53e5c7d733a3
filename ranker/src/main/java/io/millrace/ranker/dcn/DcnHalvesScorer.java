package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;

/**
 * Gives the logits and the values of items whose halves of the first layers were computed before.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class DcnHalvesScorer {
    private final DcnBatch batch;
    private final int sharedWidth;
    private final HeadSum sum;

    /**
     * A scorer, by whose values items are worth their clicks.
     *
     * @param halves what all items contribute.
     */
    public DcnHalvesScorer(DcnItemHalves halves) {
        this(halves, HeadValue.CLICK);
    }

    /**
     * A scorer.
     *
     * @param halves what all items contribute.
     * @param value what items are worth by the heads of the ranker.
     */
    public DcnHalvesScorer(DcnItemHalves halves, HeadValue value) {
        this.batch = new DcnBatch(halves.serving(), halves);
        this.sharedWidth = halves.serving().sharedWidth();
        this.sum = new HeadSum(value);
    }

    /**
     * Scores items by what they are worth.
     *
     * @param shared the part of the input that is the request's.
     * @param items which to score.
     * @param count how many.
     * @param values what each is worth, beside the items.
     */
    @HotPath
    public void valuesInto(float[] shared, int[] items, int count, float[] values) {
        begin(shared, count);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = run(items, from, count);
            sum.addPiece(batch, rows, values, from);
        }
        sum.finish(values, count);
    }

    /**
     * Gives the logits of items by one head.
     *
     * @param shared the part of the input that is the request's.
     * @param items which to score.
     * @param count how many.
     * @param head which logit.
     * @param logits the logits beside the items.
     */
    @HotPath
    public void logitsInto(float[] shared, int[] items, int count, int head, float[] logits) {
        begin(shared, count);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = run(items, from, count);
            batch.logitsInto(head, rows, logits, from);
        }
    }

    private void begin(float[] shared, int count) {
        if (count > 0) {
            System.arraycopy(shared, 0, batch.inputs(), 0, sharedWidth);
            batch.beginRequest(count);
        }
    }

    /** Takes a piece through the network, and says how many items it has. */
    private int run(int[] items, int from, int count) {
        int rows = Math.min(DcnBatch.ROWS, count - from);
        batch.beginPiece(items, from, rows);
        batch.run(rows);
        return rows;
    }
}
