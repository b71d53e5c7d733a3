package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.halves.DcnServing;
import io.millrace.ranker.dcn.halves.HalvesLayout;
import io.millrace.ranker.dcn.halves.HalvesPiece;
import io.millrace.ranker.dcn.halves.SplitLayer;
import io.millrace.ranker.dcn.network.CrossLayer;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.model.DenseLayer;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Runs some rows at a time through a network. The rows are few enough for all activations to stay
 * in the second cache.
 *
 * <p>Use: write the shared part of the input into row 0, call {@link #beginRequest}; then, for each
 * piece of a request, write the rest of the rows and call {@link #run}.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class DcnBatch {
    /** Rows of a piece: whole tiles of the matrix kernels. */
    public static final int ROWS = 120;

    private static final VectorKernels VECTORS = Kernels.vector();

    private final DcnNetwork network;
    private final int width;
    private final int sharedWidth;
    private final int ownEnd;
    private final float[] inputs;
    private final MatrixView inputView;
    private final @Nullable RequestProduct firstCross;
    private final @Nullable RequestProduct firstDeep;
    private final @Nullable HalvesPiece piece;
    private final int partFloats;
    private final CrossPass[] cross;
    private final MatrixView[] crossViews;
    private final LayerProduct[] deep;
    private final MatrixView[] deepViews;

    public DcnBatch(DcnServing serving) {
        this(serving, null);
    }

    /** A batch whose items' halves of the first layers need not be computed. */
    public DcnBatch(DcnServing serving, @Nullable DcnItemHalves halves) {
        this.network = serving.network();
        this.width = network.width();
        this.sharedWidth = serving.sharedWidth();
        this.ownEnd = serving.ownEnd();
        this.inputs = new float[ROWS * width];
        this.inputView = MatrixView.of(inputs, 0, width);
        HalvesLayout layout = halves == null ? null : halves.layout();
        this.piece = halves == null ? null : HalvesPiece.of(halves, ROWS);
        this.partFloats = layout == null ? 0 : layout.part();
        this.firstCross =
                requestProduct(serving.firstCross(), layout == null ? 0 : layout.crossAt());
        this.firstDeep = requestProduct(serving.firstDeep(), layout == null ? 0 : layout.deepAt());
        this.cross = new CrossPass[network.cross().size()];
        this.crossViews = new MatrixView[cross.length + 1];
        this.deep = new LayerProduct[network.deep().size()];
        this.deepViews = new MatrixView[deep.length];
        layOutCross();
        layOutDeep();
    }

    private @Nullable RequestProduct requestProduct(@Nullable SplitLayer layer, int column) {
        if (layer == null) {
            return null;
        }
        return piece == null
                ? RequestProduct.of(layer, inputView, sharedWidth)
                : RequestProduct.of(layer, inputView, ownEnd, piece, column);
    }

    /** Outputs of cross layers go to two places by turns. */
    private void layOutCross() {
        MatrixView even = MatrixView.of(new float[ROWS * width], 0, width);
        MatrixView odd = MatrixView.of(new float[ROWS * width], 0, width);
        crossViews[0] = inputView;
        for (int i = 0; i < cross.length; i++) {
            CrossLayer layer = network.cross().get(i);
            LayerProduct product =
                    i == 0 && firstCross != null
                            ? firstCross.own()
                            : PackedProduct.of(crossViews[i], layer.first());
            cross[i] = CrossPass.of(layer, product, ROWS);
            crossViews[i + 1] = (i & 1) == 0 ? even : odd;
        }
    }

    private void layOutDeep() {
        List<DenseLayer> layers = network.deep();
        for (int i = 0; i < deep.length; i++) {
            DenseLayer layer = layers.get(i);
            MatrixView source = i == 0 ? crossViews[cross.length] : deepViews[i - 1];
            deep[i] =
                    i == 0 && firstDeep != null ? firstDeep.own() : PackedProduct.of(source, layer);
            deepViews[i] = MatrixView.of(new float[ROWS * layer.outputs()], 0, layer.outputs());
        }
    }

    /** Inputs, row-major, {@link #ROWS} x {@link #width}. */
    public float[] inputs() {
        return inputs;
    }

    public int width() {
        return width;
    }

    /** Takes the shared part from row 0 for the next rows, of which there are at most so many. */
    @HotPath
    public void beginRequest(int count) {
        if (firstCross != null) {
            firstCross.begin();
        }
        if (firstDeep != null) {
            firstDeep.begin();
        }
        int rows = Math.min(count, ROWS);
        for (int row = 1; row < rows; row++) {
            System.arraycopy(inputs, 0, inputs, row * width, sharedWidth);
        }
    }

    /** Says which items the next rows stand for, where their halves are taken. */
    @HotPath
    public void beginPiece(int[] items, int from, int rows) {
        HalvesPiece halves = piece;
        if (halves == null) {
            return;
        }
        halves.begin(items, from, rows);
        for (int row = 0; row < rows && partFloats > 0; row++) {
            halves.copyInto(row, 0, inputs, row * width + sharedWidth, partFloats);
        }
    }

    /** From the first rows of the inputs to what the heads take. */
    @HotPath
    public void run(int rows) {
        assert rows <= ROWS : rows;
        for (int i = 0; i < cross.length; i++) {
            cross[i].run(rows, inputView, crossViews[i], crossViews[i + 1]);
        }
        for (int i = 0; i < deep.length; i++) {
            deep[i].into(rows, Activation.RELU, deepViews[i]);
        }
    }

    /** Logits of one head for the rows of the last {@link #run}. */
    @HotPath
    public void logitsInto(int head, int rows, float[] out, int at) {
        DenseLayer layer = network.head();
        int from = head * layer.inputs();
        int deepAt = network.headDeepAt();
        float bias = layer.bias()[head];
        for (int row = 0; row < rows; row++) {
            float crossSum =
                    deepAt == 0 ? 0 : sum(crossViews[cross.length], row, layer.weights(), from);
            float deepSum =
                    deep.length == 0
                            ? 0
                            : sum(deepViews[deep.length - 1], row, layer.weights(), from + deepAt);
            out[at + row] = bias + crossSum + deepSum;
        }
    }

    private static float sum(MatrixView x, int row, float[] weights, int from) {
        int length = x.rowStride();
        return VECTORS.dot(x.values(), row * length, weights, from, length);
    }
}
