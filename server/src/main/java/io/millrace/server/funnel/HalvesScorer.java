package io.millrace.server.funnel;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.dcn.DcnHalvesScorer;
import io.millrace.ranker.dcn.DcnItemHalves;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.RankerInput;

import java.lang.foreign.MemorySegment;

/**
 * Scores candidates by the probability of a click, from the halves of the items that were computed
 * before: no item row is read.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
final class HalvesScorer implements CandidateScorer {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final RankerInput input;
    private final DcnHalvesScorer scorer;
    private final float[] shared;

    HalvesScorer(RankerInput input, DcnItemHalves halves) {
        this.input = input;
        this.scorer = new DcnHalvesScorer(halves);
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
        scorer.logitsInto(shared, ordinals, count, DcnModel.CLICK_HEAD, scores);
        ELEMENTS.sigmoids(scores, 0, count);
    }
}
