package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.ranker.dcn.HalvesCandidateScorer;
import io.millrace.ranker.dcn.halves.DcnItemHalves;

/**
 * Gives the logits of items whose halves of the first layers were computed before, for inputs that
 * are made elsewhere; {@link HalvesCandidateScorer} is the one for feature rows.
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
        System.arraycopy(shared, 0, batch.inputs(), 0, sharedWidth);
        batch.beginRequest(count);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = Math.min(DcnBatch.ROWS, count - from);
            batch.beginPiece(items, from, rows);
            batch.run(rows);
            batch.logitsInto(head, rows, logits, from);
        }
    }
}
