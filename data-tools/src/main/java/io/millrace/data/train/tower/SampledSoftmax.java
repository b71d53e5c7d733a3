package io.millrace.data.train.tower;

import io.millrace.core.simd.Activation;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.PackedMatrix;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.optimise.Shards;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The loss of a batch: each query must tell its own item from those of the other queries and from
 * the further negatives of the batch. Items of the same id, other items of the same user, and
 * further negatives that the user has watched are left out, they are no negatives.
 *
 * <p>Threading: shares rows out over shards; one caller.
 */
final class SampledSoftmax {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();
    private static final float MASKED = -1e30f;
    private static final int STRIDE_PADDING = 16;

    private final int dimension;
    private final Shards shards;
    private final float[] cosines;
    private final float[] shares;
    private final double[] losses;
    private final double[] scaleGradients;
    private final int stride;
    private final Map<Integer, PackedMatrix> packed = new HashMap<>();

    /**
     * Room for the loss of a batch.
     *
     * @param capacity most rows.
     * @param negatives most columns behind those of the rows.
     * @param dimension components of a vector.
     * @param shards cuts the work.
     */
    SampledSoftmax(int capacity, int negatives, int dimension, Shards shards) {
        // Not a power of two: columns would otherwise fall into the same few sets of the cache.
        this.stride = columnRoom(capacity, negatives) + STRIDE_PADDING;
        this.dimension = dimension;
        this.shards = shards;
        this.cosines = new float[capacity * stride];
        this.shares = new float[capacity * stride];
        this.losses = new double[capacity];
        this.scaleGradients = new double[capacity];
    }

    /**
     * How many item vectors there must be room for: with further negatives, of which there are more
     * or fewer from batch to batch, all columns up to the end of a panel are multiplied.
     */
    static int columnRoom(int capacity, int negatives) {
        return negatives == 0 ? capacity : wholePanels(capacity + negatives);
    }

    private static int wholePanels(int columns) {
        return Math.ceilDiv(columns, PackedMatrix.PANEL_WIDTH) * PackedMatrix.PANEL_WIDTH;
    }

    /**
     * Loss and gradients of a batch.
     *
     * @param queries unit vectors; their gradients are written.
     * @param items unit vectors, one for each column, with {@link #columnRoom}; their gradients are
     *     written.
     * @param batch who and what rows and columns are.
     * @param scale 1 / τ.
     * @return mean loss, and the gradient of log(scale).
     */
    Result lossAndGradients(
            NetworkTrainer queries, NetworkTrainer items, TowerBatch batch, float scale) {
        int rows = batch.rows();
        int columns = batch.columns();
        PackedMatrix packedItems =
                packed.computeIfAbsent(
                        columns == rows ? rows : wholePanels(columns),
                        count -> new PackedMatrix(count, dimension));
        shards.run(
                Math.ceilDiv(columns, PackedMatrix.PANEL_WIDTH),
                (from, to) -> {
                    for (int panel = from; panel < to; panel++) {
                        packedItems.packPanel(items.outputView(), panel * PackedMatrix.PANEL_WIDTH);
                    }
                });
        MatrixView cosineView = MatrixView.of(cosines, 0, stride);
        MatrixView shareView = MatrixView.of(shares, 0, stride);
        shards.run(
                rows,
                (from, to) -> {
                    MATRICES.multiplyPacked(
                            queries.outputView().from(from, 0),
                            to - from,
                            packedItems,
                            null,
                            Activation.NONE,
                            cosineView.from(from, 0));
                    for (int row = from; row < to; row++) {
                        softmax(row, batch, scale);
                    }
                    MATRICES.multiply(
                            shareView.from(from, 0),
                            items.outputView(),
                            queries.outputGradientView().from(from, 0),
                            to - from,
                            dimension,
                            columns,
                            false);
                });
        shards.run(
                columns,
                (from, to) ->
                        MATRICES.multiply(
                                shareView.transposed().from(from, 0),
                                queries.outputView(),
                                items.outputGradientView().from(from, 0),
                                to - from,
                                dimension,
                                rows,
                                false));
        double loss = 0;
        double scaleGradient = 0;
        for (int row = 0; row < rows; row++) {
            loss += losses[row];
            scaleGradient += scaleGradients[row];
        }
        return new Result(loss, scaleGradient);
    }

    /** Turns a row of cosines into the gradient of the cosines. */
    private void softmax(int row, TowerBatch batch, float scale) {
        int columns = batch.columns();
        int at = row * stride;
        float weight = batch.weight(row);
        float[] corrections = batch.corrections();
        for (int column = 0; column < columns; column++) {
            shares[at + column] = scale * cosines[at + column] - corrections[column];
        }
        float own = shares[at + row];
        int group = batch.groupOf(row);
        Arrays.fill(shares, at + batch.groupStart(group), at + batch.groupStart(group + 1), MASKED);
        for (int i = batch.excludedStart(group); i < batch.excludedStart(group + 1); i++) {
            shares[at + batch.excluded(i)] = MASKED;
        }
        for (int next = batch.nextOfItem(row); next != row; next = batch.nextOfItem(next)) {
            shares[at + next] = MASKED;
        }
        shares[at + row] = own;
        float largest = ELEMENTS.max(shares, at, columns);
        float sum = ELEMENTS.exponentials(shares, at, columns, largest);
        losses[row] = weight * (Math.log(sum) + largest - own);
        ELEMENTS.scale(weight / sum, shares, at, columns);
        shares[at + row] -= weight;
        scaleGradients[row] = (double) scale * VECTORS.dot(shares, at, cosines, at, columns);
        ELEMENTS.scale(scale, shares, at, columns);
    }

    /** Mean loss and gradient of the logarithm of the scale. */
    record Result(double loss, double scaleGradient) {}
}
