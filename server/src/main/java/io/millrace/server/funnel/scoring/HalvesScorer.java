package io.millrace.server.funnel.scoring;

import io.millrace.core.HotPath;
import io.millrace.ranker.dcn.HalvesCandidateScorer;
import io.millrace.ranker.store.ItemRowMirror;

import java.lang.foreign.MemorySegment;

/**
 * Scores candidates by what they are worth, from the halves of the items that were computed before.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
final class HalvesScorer implements CandidateScorer {
    private final HalvesCandidateScorer scorer;
    private final MemorySegment itemRows;
    private final int itemRowBytes;

    HalvesScorer(HalvesCandidateScorer scorer, ItemRowMirror items) {
        this.scorer = scorer;
        this.itemRows = items.segment();
        this.itemRowBytes = items.layout().rowBytes();
    }

    @Override
    public void scoreInto(
            MemorySegment userRow,
            MemorySegment contextRow,
            int[] ordinals,
            int count,
            float[] scores) {
        scorer.valuesInto(
                userRow, 0, contextRow, 0, itemRows, itemRowBytes, ordinals, count, scores);
    }
}
