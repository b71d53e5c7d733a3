package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.dcn.halves.DcnServing;
import io.millrace.ranker.dcn.pass.DcnBatch;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Scores all candidates of a request. What user and context contribute to the layers that take the
 * input is computed once; the candidates go through the network in pieces that stay in the cache.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class DcnScorer {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final RankerInput input;
    private final DcnBatch batch;
    private final DcnServing serving;
    private final int maxCandidates;
    private final MemorySegment impressionRows;
    private final CandidateParts parts;
    private final HeadSum sum;
    private @Nullable DcnBatch unsharedBatch;
    private @Nullable CandidateParts unsharedParts;

    DcnScorer(
            RankerInput input,
            DcnServing serving,
            int maxCandidates,
            MemorySegment impressionRows,
            HeadValue value) {
        this.input = input;
        this.serving = serving;
        this.batch = new DcnBatch(serving);
        this.maxCandidates = maxCandidates;
        this.impressionRows = impressionRows;
        this.parts = new CandidateParts(input, batch, impressionRows);
        this.sum = new HeadSum(value);
    }

    /**
     * The most candidates of a request.
     *
     * @return the limit given at construction.
     */
    public int maxCandidates() {
        return maxCandidates;
    }

    /**
     * Scores candidates by what they are worth: the probability of a click, if the scorer was made
     * for no other value.
     *
     * @param userRows memory of the user's row.
     * @param userOffset where it begins, in bytes.
     * @param contextRows memory of the context row.
     * @param contextOffset where it begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals candidates.
     * @param count how many, at most {@link #maxCandidates}.
     * @param values what each is worth, beside the ordinals.
     */
    @HotPath
    public void scoreInto(
            MemorySegment userRows,
            long userOffset,
            MemorySegment contextRows,
            long contextOffset,
            MemorySegment itemRows,
            long itemRowBytes,
            int[] ordinals,
            int count,
            float[] values) {
        assert count <= maxCandidates : count;
        if (count == 0) {
            return;
        }
        float[] inputs = batch.inputs();
        int width = batch.width();
        int shared = input.sharedWidth();
        input.gatherSharedInto(userRows, userOffset, contextRows, contextOffset, inputs, 0);
        batch.beginRequest(count);
        parts.begin(userRows, userOffset);
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = Math.min(DcnBatch.ROWS, count - from);
            for (int row = 0; row < rows; row++) {
                long offset = ordinals[from + row] * itemRowBytes;
                input.item().gatherInto(itemRows, offset, inputs, row * width + shared);
                parts.write(row, from + row, itemRows, offset);
            }
            parts.attend(0, rows);
            batch.run(rows);
            sum.addPiece(batch, rows, values, from);
        }
        sum.finish(values, count);
    }

    /**
     * Scores pairs of which each has a user and a context of its own, as an evaluation needs it.
     * Same probabilities as one by one, bit for bit.
     *
     * @param userRows memory of the users' rows.
     * @param userOffsets where each one's user row begins, in bytes.
     * @param contextRows memory of the context rows.
     * @param contextOffsets where each one's context row begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals candidate of each.
     * @param count how many, at most {@link #maxCandidates}.
     * @param byHead probabilities beside the ordinals, for each head of the ranker.
     */
    public void scoreEachInto(
            MemorySegment userRows,
            long[] userOffsets,
            MemorySegment contextRows,
            long[] contextOffsets,
            MemorySegment itemRows,
            long itemRowBytes,
            int[] ordinals,
            int count,
            float[]... byHead) {
        logitEachInto(
                userRows,
                userOffsets,
                contextRows,
                contextOffsets,
                itemRows,
                itemRowBytes,
                ordinals,
                count,
                byHead);
        for (float[] probabilities : byHead) {
            ELEMENTS.sigmoids(probabilities, 0, count);
        }
    }

    /**
     * Gives the logits of pairs of which each has a user and a context of its own.
     *
     * @param userRows memory of the users' rows.
     * @param userOffsets where each one's user row begins, in bytes.
     * @param contextRows memory of the context rows.
     * @param contextOffsets where each one's context row begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals candidate of each.
     * @param count how many, at most {@link #maxCandidates}.
     * @param byHead logits beside the ordinals, for each head that is wanted, from the first on.
     */
    public void logitEachInto(
            MemorySegment userRows,
            long[] userOffsets,
            MemorySegment contextRows,
            long[] contextOffsets,
            MemorySegment itemRows,
            long itemRowBytes,
            int[] ordinals,
            int count,
            float[]... byHead) {
        assert count <= maxCandidates : count;
        DcnBatch unshared = unsharedBatch();
        CandidateParts others = unsharedParts(unshared);
        int width = unshared.width();
        for (int from = 0; from < count; from += DcnBatch.ROWS) {
            int rows = Math.min(DcnBatch.ROWS, count - from);
            for (int row = 0; row < rows; row++) {
                int at = row * width;
                int i = from + row;
                input.gatherSharedInto(
                        userRows,
                        userOffsets[i],
                        contextRows,
                        contextOffsets[i],
                        unshared.inputs(),
                        at);
                input.item()
                        .gatherInto(
                                itemRows,
                                ordinals[i] * itemRowBytes,
                                unshared.inputs(),
                                at + input.sharedWidth());
                others.begin(userRows, userOffsets[i]);
                others.write(row, i, itemRows, ordinals[i] * itemRowBytes);
                others.attend(row, 1);
            }
            unshared.run(rows);
            for (int head = 0; head < byHead.length; head++) {
                unshared.logitsInto(head, rows, byHead[head], from);
            }
        }
    }

    /** Made when it is first asked for: requests have no use for it. */
    private DcnBatch unsharedBatch() {
        DcnBatch unshared = unsharedBatch;
        if (unshared == null) {
            unshared = new DcnBatch(new DcnServing(serving.network(), 0));
            unshared.beginRequest(0);
            unsharedBatch = unshared;
        }
        return unshared;
    }

    private CandidateParts unsharedParts(DcnBatch unshared) {
        CandidateParts others = unsharedParts;
        if (others == null) {
            others = new CandidateParts(input, unshared, impressionRows);
            unsharedParts = others;
        }
        return others;
    }
}
