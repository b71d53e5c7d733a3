package io.millrace.server.funnel;

import io.millrace.core.HotPath;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.dcn.DcnHalvesScorer;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.store.ItemRowMirror;

import java.lang.foreign.MemorySegment;

/**
 * Scores candidates by the probability of a click, from the halves of the items that were computed
 * before: of an item's row no more is read than what matches ask for.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
final class HalvesScorer implements CandidateScorer {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final DcnHalvesScorer scorer;
    private final MemorySegment itemRows;
    private final int itemRowBytes;

    HalvesScorer(DcnHalvesScorer scorer, ItemRowMirror items) {
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
        scorer.logitsInto(
                userRow,
                0,
                contextRow,
                0,
                itemRows,
                itemRowBytes,
                ordinals,
                count,
                DcnModel.CLICK_HEAD,
                scores);
        ELEMENTS.sigmoids(scores, 0, count);
    }
}
