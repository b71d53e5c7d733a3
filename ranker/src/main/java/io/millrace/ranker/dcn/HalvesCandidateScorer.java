package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.pass.DcnBatch;

import java.lang.foreign.MemorySegment;

/**
 * Scores the candidates of a request whose halves of the first layers were computed before. Of
 * their rows no more is read than what stands behind the item's part of an input asks for: the id
 * where candidates are matched with sequences.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class HalvesCandidateScorer {
    private final RankerInput input;
    private final DcnBatch batch;
    private final CandidateParts parts;
    private final HeadSum sum;

    /**
     * A scorer, by whose values items are worth their clicks.
     *
     * @param model the ranker.
     * @param halves what all items contribute to it.
     * @param impressionRows where it finds the impressions' rows of the candidates, one behind the
     *     other in the order of the candidates; stays the caller's, and may be empty where the
     *     ranker takes no rates.
     */
    public HalvesCandidateScorer(
            DcnModel model, DcnItemHalves halves, MemorySegment impressionRows) {
        this(model, halves, impressionRows, HeadValue.CLICK);
    }

    /**
     * A scorer.
     *
     * @param model the ranker.
     * @param halves what all items contribute to it.
     * @param impressionRows where it finds the impressions' rows of the candidates, one behind the
     *     other in the order of the candidates; stays the caller's, and may be empty where the
     *     ranker takes no rates.
     * @param value what items are worth by the heads of the ranker.
     */
    public HalvesCandidateScorer(
            DcnModel model, DcnItemHalves halves, MemorySegment impressionRows, HeadValue value) {
        this.input = model.input();
        this.batch = new DcnBatch(halves.serving(), halves);
        this.parts = new CandidateParts(input, batch, impressionRows);
        this.sum = new HeadSum(value);
    }

    /**
     * Scores candidates by what they are worth.
     *
     * @param userRows memory of the user's row.
     * @param userOffset where it begins, in bytes.
     * @param contextRows memory of the context row.
     * @param contextOffset where it begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals the candidates.
     * @param count how many.
     * @param values what each is worth, beside the ordinals.
     */
    @HotPath
    public void valuesInto(
            MemorySegment userRows,
            long userOffset,
            MemorySegment contextRows,
            long contextOffset,
            MemorySegment itemRows,
            long itemRowBytes,
            int[] ordinals,
            int count,
            float[] values) {
        begin(userRows, userOffset, contextRows, contextOffset, count);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = run(itemRows, itemRowBytes, ordinals, from, count);
            sum.addPiece(batch, rows, values, from);
        }
        sum.finish(values, count);
    }

    /**
     * Gives the logits of candidates by one head.
     *
     * @param userRows memory of the user's row.
     * @param userOffset where it begins, in bytes.
     * @param contextRows memory of the context row.
     * @param contextOffset where it begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals the candidates.
     * @param count how many.
     * @param head which logit.
     * @param logits the logits beside the ordinals.
     */
    @HotPath
    public void logitsInto(
            MemorySegment userRows,
            long userOffset,
            MemorySegment contextRows,
            long contextOffset,
            MemorySegment itemRows,
            long itemRowBytes,
            int[] ordinals,
            int count,
            int head,
            float[] logits) {
        begin(userRows, userOffset, contextRows, contextOffset, count);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = run(itemRows, itemRowBytes, ordinals, from, count);
            batch.logitsInto(head, rows, logits, from);
        }
    }

    private void begin(
            MemorySegment userRows,
            long userOffset,
            MemorySegment contextRows,
            long contextOffset,
            int count) {
        if (count > 0) {
            input.gatherSharedInto(
                    userRows, userOffset, contextRows, contextOffset, batch.inputs(), 0);
            batch.beginRequest(count);
            parts.begin(userRows, userOffset);
        }
    }

    /** Takes a piece through the network, and says how many candidates it has. */
    private int run(
            MemorySegment itemRows, long itemRowBytes, int[] ordinals, int from, int count) {
        int rows = Math.min(DcnBatch.ROWS, count - from);
        batch.beginPiece(ordinals, from, rows);
        for (int row = 0; row < rows; row++) {
            parts.write(row, from + row, itemRows, ordinals[from + row] * itemRowBytes);
        }
        parts.attend(0, rows);
        batch.run(rows);
        return rows;
    }
}
