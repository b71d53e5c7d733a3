package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.ranker.dcn.pass.DcnBatch;
import io.millrace.ranker.model.AttentionPass;
import io.millrace.ranker.model.MatchPass;

import java.lang.foreign.MemorySegment;

/**
 * Writes what stands behind the item's own part in the input of a candidate: attended sequences,
 * matches with sequences, rates.
 *
 * <p>Use: {@link #begin} with a user; then {@link #write} for each candidate, whose item part is
 * there, and {@link #attend} for all of them.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class CandidateParts {
    private final RankerInput input;
    private final float[] inputs;
    private final int width;
    private final MemorySegment impressionRows;
    private final AttentionPass[] attentions;
    private final MatchPass[] matches;

    CandidateParts(RankerInput input, DcnBatch batch, MemorySegment impressionRows) {
        this.input = input;
        this.inputs = batch.inputs();
        this.width = batch.width();
        this.impressionRows = impressionRows;
        this.attentions =
                input.attentions().stream()
                        .map(
                                each ->
                                        new AttentionPass(
                                                each,
                                                inputs,
                                                width,
                                                new float[DcnBatch.ROWS * each.maxLength()]))
                        .toArray(AttentionPass[]::new);
        this.matches = input.matches().stream().map(MatchPass::new).toArray(MatchPass[]::new);
    }

    /** Takes a user for the next candidates. */
    @HotPath
    void begin(MemorySegment userRows, long userOffset) {
        for (AttentionPass attention : attentions) {
            attention.begin(userRows, userOffset);
        }
        for (MatchPass match : matches) {
            match.begin(userRows, userOffset);
        }
    }

    /** Writes matches and rates of a candidate of the request into a row of the batch. */
    @HotPath
    void write(int row, int candidate, MemorySegment itemRows, long itemOffset) {
        int at = row * width;
        for (MatchPass match : matches) {
            match.writeInto(itemRows, itemOffset, inputs, at);
        }
        long offset = (long) candidate * input.impressionRowBytes();
        input.impression().gatherInto(impressionRows, offset, inputs, at + input.impressionAt());
    }

    /** Writes the attended sequences of some rows of the batch. */
    @HotPath
    void attend(int from, int rows) {
        for (AttentionPass attention : attentions) {
            attention.run(from, rows);
        }
    }
}
