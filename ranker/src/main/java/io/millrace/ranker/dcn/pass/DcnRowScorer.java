package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.halves.DcnServing;
import io.millrace.ranker.dcn.network.DcnNetwork;

import java.util.Objects;

/**
 * Gives the logits of rows of numbers: for networks whose features are made elsewhere, and for
 * measuring.
 *
 * <p>Threading: one thread; the network's weights must not change any more. Allocation: none after
 * construction.
 */
public final class DcnRowScorer {
    private final DcnBatch batch;
    private final int sharedWidth;

    /**
     * A scorer.
     *
     * @param network the weights.
     * @param sharedWidth how many floats at the beginning are the same in all rows of a call; what
     *     they contribute is computed once.
     * @throws MillraceException USAGE when it is not 0 to the network's width.
     */
    public DcnRowScorer(DcnNetwork network, int sharedWidth) {
        if (sharedWidth < 0 || sharedWidth > network.width()) {
            throw MillraceException.usage(
                    "bad shared part of rows: sharedWidth=%d, least=0, most=%d; change it",
                    sharedWidth, network.width());
        }
        this.batch = new DcnBatch(new DcnServing(network, sharedWidth));
        this.sharedWidth = sharedWidth;
    }

    /**
     * Scores rows.
     *
     * @param rows the inputs, row-major, one behind the other.
     * @param count how many rows.
     * @param head which logit.
     * @param logits the logit of each row.
     */
    @HotPath
    public void logitsInto(float[] rows, int count, int head, float[] logits) {
        if (count == 0) {
            return;
        }
        int width = batch.width();
        Objects.checkFromIndexSize(0, count * width, rows.length);
        Objects.checkFromIndexSize(0, count, logits.length);
        System.arraycopy(rows, 0, batch.inputs(), 0, sharedWidth);
        batch.beginRequest(count);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int piece = Math.min(DcnBatch.ROWS, count - from);
            for (int row = 0; row < piece; row++) {
                System.arraycopy(
                        rows,
                        (from + row) * width + sharedWidth,
                        batch.inputs(),
                        row * width + sharedWidth,
                        width - sharedWidth);
            }
            batch.run(piece);
            batch.logitsInto(head, piece, logits, from);
        }
    }
}
