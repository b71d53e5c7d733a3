package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;

import java.lang.foreign.MemorySegment;

/**
 * Scores all candidates of a request as one batch.
 *
 * <p>Threading: one thread. Allocation: none after construction; about {@code 4 · maxCandidates ·
 * (3 d + deep1 + deep2)} bytes then.
 */
public final class DcnScorer {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();

    private final DcnModel model;
    private final int maxCandidates;
    private final int width;
    private final float[] inputs;
    private final float[] deep2;
    private final MatrixView inputView;
    private final MatrixView evenView;
    private final MatrixView oddView;
    private final MatrixView deep1View;
    private final MatrixView deep2View;
    private final DenseLayer[] cross;

    DcnScorer(DcnModel model, int maxCandidates) {
        this.model = model;
        this.maxCandidates = maxCandidates;
        this.width = model.input().width();
        this.inputs = new float[maxCandidates * width];
        this.deep2 = new float[maxCandidates * model.shape().deep2()];
        this.inputView = MatrixView.of(inputs, 0, width);
        this.evenView = MatrixView.of(new float[maxCandidates * width], 0, width);
        this.oddView = MatrixView.of(new float[maxCandidates * width], 0, width);
        this.deep1View =
                MatrixView.of(
                        new float[maxCandidates * model.shape().deep1()], 0, model.shape().deep1());
        this.deep2View = MatrixView.of(deep2, 0, model.shape().deep2());
        this.cross = model.cross().toArray(DenseLayer[]::new);
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
     * Scores candidates.
     *
     * @param userRows memory of the user's row.
     * @param userOffset where it begins, in bytes.
     * @param contextRows memory of the context row.
     * @param contextOffset where it begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals candidates.
     * @param count how many, at most {@link #maxCandidates}.
     * @param probabilities click probabilities beside the ordinals.
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
            float[] probabilities) {
        assert count <= maxCandidates : count;
        if (count == 0) {
            return;
        }
        RankerInput input = model.input();
        int shared = input.sharedWidth();
        input.gatherSharedInto(userRows, userOffset, contextRows, contextOffset, inputs, 0);
        for (int i = 1; i < count; i++) {
            System.arraycopy(inputs, 0, inputs, i * width, shared);
        }
        for (int i = 0; i < count; i++) {
            input.item()
                    .gatherInto(itemRows, ordinals[i] * itemRowBytes, inputs, i * width + shared);
        }
        logits(count, probabilities);
        ELEMENTS.sigmoids(probabilities, 0, count);
    }

    /**
     * Scores one candidate of each of many requests, for tools that have no single request: bit for
     * bit what {@link #scoreInto} gives, but the weights are read once for all of them.
     *
     * @param userRows memory of the users' rows.
     * @param userOffsets where the row of each one's user begins, in bytes.
     * @param contextRows memory of the context rows.
     * @param contextOffsets where each one's context row begins, in bytes.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param ordinals candidate of each.
     * @param count how many, at most {@link #maxCandidates}.
     * @param probabilities click probabilities beside the ordinals.
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
            float[] probabilities) {
        assert count <= maxCandidates : count;
        RankerInput input = model.input();
        for (int i = 0; i < count; i++) {
            int at = i * width;
            input.gatherSharedInto(
                    userRows, userOffsets[i], contextRows, contextOffsets[i], inputs, at);
            input.item()
                    .gatherInto(
                            itemRows, ordinals[i] * itemRowBytes, inputs, at + input.sharedWidth());
        }
        if (count > 0) {
            logits(count, probabilities);
            ELEMENTS.sigmoids(probabilities, 0, count);
        }
    }

    /**
     * Memory of the inputs, for tests and tools that bring their own.
     *
     * @return row-major, {@code maxCandidates x d}.
     */
    float[] inputs() {
        return inputs;
    }

    /** Runs the inputs through the network. */
    @HotPath
    void logits(int count, float[] out) {
        MatrixView last = inputView;
        for (int layer = 0; layer < cross.length; layer++) {
            MatrixView next = (layer & 1) == 0 ? evenView : oddView;
            MATRICES.crossPacked(
                    last, count, cross[layer].packed(), cross[layer].bias(), inputView, last, next);
            last = next;
        }
        MATRICES.multiplyPacked(
                inputView,
                count,
                model.deep1().packed(),
                model.deep1().bias(),
                Activation.RELU,
                deep1View);
        MATRICES.multiplyPacked(
                deep1View,
                count,
                model.deep2().packed(),
                model.deep2().bias(),
                Activation.RELU,
                deep2View);
        float[] head = model.head().weights();
        int units = model.shape().deep2();
        for (int i = 0; i < count; i++) {
            out[i] =
                    model.head().bias()[0]
                            + VECTORS.dot(last.values(), i * width, head, 0, width)
                            + VECTORS.dot(deep2, i * units, head, width, units);
        }
    }
}
