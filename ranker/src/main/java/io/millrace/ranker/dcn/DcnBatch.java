package io.millrace.ranker.dcn;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.ranker.model.DenseLayer;

/**
 * Runs some rows at a time through a network. The rows are few enough for all activations to stay
 * in the second cache.
 *
 * <p>Use: write the shared part of the input into row 0, call {@link #beginRequest}; then, for each
 * piece of a request, write the rest of the rows and call {@link #run}.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class DcnBatch {
    /** Rows of a piece: whole tiles of the matrix kernels. */
    static final int ROWS = 120;

    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final VectorKernels VECTORS = Kernels.vector();

    private final DcnServing serving;
    private final DcnNetwork network;
    private final int width;
    private final int sharedWidth;
    private final CrossLayer[] cross;
    private final DenseLayer[] deep;
    private final float[] inputs;
    private final float[] crossBias;
    private final float[] deepBias;
    private final MatrixView inputView;
    private final MatrixView ownView;
    private final MatrixView crossBiasView;
    private final MatrixView deepBiasView;
    private final MatrixView evenView;
    private final MatrixView oddView;
    private final MatrixView projectionView;
    private final MatrixView[] deepViews;
    private MatrixView lastCross;

    DcnBatch(DcnServing serving) {
        DcnShape shape = serving.network().shape();
        SplitLayer firstDeep = serving.firstDeep();
        this.serving = serving;
        this.network = serving.network();
        this.width = network.width();
        this.sharedWidth = serving.sharedWidth();
        this.cross = network.cross().toArray(CrossLayer[]::new);
        this.deep = network.deep().toArray(DenseLayer[]::new);
        this.inputs = new float[ROWS * width];
        this.crossBias = new float[serving.firstCross().outputs()];
        this.deepBias = new float[firstDeep == null ? 0 : firstDeep.outputs()];
        this.inputView = MatrixView.of(inputs, 0, width);
        this.ownView = inputView.from(0, sharedWidth);
        this.crossBiasView = MatrixView.of(crossBias, 0, crossBias.length);
        this.deepBiasView = MatrixView.of(deepBias, 0, deepBias.length);
        this.evenView = MatrixView.of(new float[ROWS * width], 0, width);
        this.oddView = MatrixView.of(new float[ROWS * width], 0, width);
        this.projectionView = MatrixView.of(new float[ROWS * shape.rank()], 0, shape.rank());
        this.deepViews = new MatrixView[deep.length];
        for (int i = 0; i < deep.length; i++) {
            int units = deep[i].outputs();
            deepViews[i] = MatrixView.of(new float[ROWS * units], 0, units);
        }
        this.lastCross = inputView;
    }

    /** Inputs, row-major, {@link #ROWS} x {@link #width}. */
    float[] inputs() {
        return inputs;
    }

    int width() {
        return width;
    }

    /** Takes the shared part from row 0 for the next rows, of which there are at most so many. */
    @HotPath
    void beginRequest(int count) {
        serving.firstCross().sharedInto(inputView, crossBiasView);
        SplitLayer firstDeep = serving.firstDeep();
        if (firstDeep != null) {
            firstDeep.sharedInto(inputView, deepBiasView);
        }
        int rows = Math.min(count, ROWS);
        for (int row = 1; row < rows; row++) {
            System.arraycopy(inputs, 0, inputs, row * width, sharedWidth);
        }
    }

    /** From the first rows of the inputs to what the heads take. */
    @HotPath
    void run(int rows) {
        assert rows <= ROWS : rows;
        runCross(rows);
        runDeep(rows);
    }

    private void runCross(int rows) {
        MatrixView last = inputView;
        for (int layer = 0; layer < cross.length; layer++) {
            MatrixView next = (layer & 1) == 0 ? evenView : oddView;
            DenseLayer projection = cross[layer].projection();
            DenseLayer expansion = cross[layer].expansion();
            if (projection != null) {
                if (layer == 0) {
                    MATRICES.multiplyPacked(
                            ownView,
                            rows,
                            serving.firstCross().own(),
                            crossBias,
                            Activation.NONE,
                            projectionView);
                } else {
                    MATRICES.multiplyPacked(
                            last,
                            rows,
                            projection.packed(),
                            projection.bias(),
                            Activation.NONE,
                            projectionView);
                }
                MATRICES.crossPacked(
                        projectionView,
                        rows,
                        expansion.packed(),
                        expansion.bias(),
                        inputView,
                        last,
                        next);
            } else if (layer == 0) {
                MATRICES.crossPacked(
                        ownView,
                        rows,
                        serving.firstCross().own(),
                        crossBias,
                        inputView,
                        last,
                        next);
            } else {
                MATRICES.crossPacked(
                        last, rows, expansion.packed(), expansion.bias(), inputView, last, next);
            }
            last = next;
        }
        lastCross = last;
    }

    private void runDeep(int rows) {
        SplitLayer firstDeep = serving.firstDeep();
        MatrixView last = lastCross;
        for (int layer = 0; layer < deep.length; layer++) {
            if (layer == 0 && firstDeep != null) {
                MATRICES.multiplyPacked(
                        ownView, rows, firstDeep.own(), deepBias, Activation.RELU, deepViews[0]);
            } else {
                MATRICES.multiplyPacked(
                        last,
                        rows,
                        deep[layer].packed(),
                        deep[layer].bias(),
                        Activation.RELU,
                        deepViews[layer]);
            }
            last = deepViews[layer];
        }
    }

    /** Logits of one head for the rows of the last {@link #run}. */
    @HotPath
    void logitsInto(int head, int rows, float[] out, int at) {
        float[] weights = network.head().weights();
        int from = head * network.head().inputs();
        int deepAt = network.headDeepAt();
        MatrixView top = deepViews[deepViews.length - 1];
        int units = top.rowStride();
        float bias = network.head().bias()[head];
        for (int row = 0; row < rows; row++) {
            float deepSum = VECTORS.dot(top.values(), row * units, weights, from + deepAt, units);
            float crossSum =
                    deepAt == 0
                            ? 0
                            : VECTORS.dot(lastCross.values(), row * width, weights, from, width);
            out[at + row] = bias + crossSum + deepSum;
        }
    }
}
