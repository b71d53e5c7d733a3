package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Gives the logits of items whose halves of the first layers were computed before.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class DcnHalvesScorer {
    private final DcnBatch batch;
    private final int sharedWidth;
    private final @Nullable RankerInput input;
    private final @Nullable CandidateParts parts;

    /**
     * A scorer of inputs that are made elsewhere.
     *
     * @param halves what all items contribute.
     */
    public DcnHalvesScorer(DcnItemHalves halves) {
        this(halves, null, MemorySegment.NULL);
    }

    /**
     * A scorer of feature rows.
     *
     * @param halves what all items contribute.
     * @param input how rows become the input.
     * @param impressionRows where it finds the impressions' rows of the candidates, one behind the
     *     other in the order of the candidates; stays the caller's. Needed where the ranker takes
     *     rates.
     */
    public DcnHalvesScorer(
            DcnItemHalves halves, @Nullable RankerInput input, MemorySegment impressionRows) {
        this.batch = new DcnBatch(halves.serving(), halves);
        this.sharedWidth = halves.serving().sharedWidth();
        this.input = input;
        this.parts = input == null ? null : new CandidateParts(input, batch, impressionRows);
    }

    /**
     * Scores candidates of a user.
     *
     * @param userRows memory of the user's row.
     * @param userOffset where it begins, in bytes.
     * @param contextRows memory of the context row.
     * @param contextOffset where it begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals, for their ids alone.
     * @param itemRowBytes length of an item row.
     * @param items ordinals of the candidates.
     * @param count how many.
     * @param head which logit.
     * @param logits the logits beside the items.
     */
    @HotPath
    public void logitsInto(
            MemorySegment userRows,
            long userOffset,
            MemorySegment contextRows,
            long contextOffset,
            MemorySegment itemRows,
            long itemRowBytes,
            int[] items,
            int count,
            int head,
            float[] logits) {
        RankerInput rows = Objects.requireNonNull(input, "input");
        CandidateParts others = Objects.requireNonNull(parts, "parts");
        if (count == 0) {
            return;
        }
        float[] inputs = batch.inputs();
        rows.gatherSharedInto(userRows, userOffset, contextRows, contextOffset, inputs, 0);
        batch.beginRequest(count);
        others.begin(userRows, userOffset);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int piece = Math.min(DcnBatch.ROWS, count - from);
            batch.beginPiece(items, from, piece);
            for (int row = 0; row < piece; row++) {
                others.write(row, from + row, itemRows, items[from + row] * itemRowBytes);
            }
            others.attend(0, piece);
            batch.run(piece);
            batch.logitsInto(head, piece, logits, from);
        }
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
