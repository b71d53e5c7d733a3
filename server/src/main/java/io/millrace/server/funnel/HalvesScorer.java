package io.millrace.server.funnel;

import io.millrace.core.HotPath;
import io.millrace.ranker.dcn.DcnHalvesScorer;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.HeadValue;
import io.millrace.ranker.dcn.RankerInput;

import java.lang.foreign.MemorySegment;

/**
 * Scores candidates by what they are worth, from the halves of the items that were computed before:
 * no item row is read.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
final class HalvesScorer implements CandidateScorer {
    private final RankerInput input;
    private final DcnHalvesScorer scorer;
    private final float[] shared;

    HalvesScorer(RankerInput input, DcnItemHalves halves, HeadValue value) {
        this.input = input;
        this.scorer = new DcnHalvesScorer(halves, value);
        this.shared = new float[input.sharedWidth()];
    }

    @Override
    public void scoreInto(
            MemorySegment userRow,
            MemorySegment contextRow,
            int[] ordinals,
            int count,
            float[] scores) {
        input.gatherSharedInto(userRow, 0, contextRow, 0, shared, 0);
        scorer.valuesInto(shared, ordinals, count, scores);
    }
}
