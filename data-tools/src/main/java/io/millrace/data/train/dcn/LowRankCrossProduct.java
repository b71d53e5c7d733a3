package io.millrace.data.train.dcn;

import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.dcn.network.LowRankCrossLayer;
import io.millrace.ranker.model.DenseLayer;

import java.util.List;

/**
 * {@code t = Vᵀ x}, {@code u = U t + b}; backwards {@code dt = du U}, {@code dx = dt Vᵀ}.
 *
 * <p>Threading: as {@link CrossProduct}.
 */
final class LowRankCrossProduct implements CrossProduct {
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private final DenseTrainer projection;
    private final DenseTrainer expansion;
    private final MatrixView projected;
    private final MatrixView projectedGradients;

    LowRankCrossProduct(LowRankCrossLayer layer, int batch) {
        // What a bias of the projection could add, that of the expansion adds.
        this.projection = new DenseTrainer(layer.first(), false);
        this.expansion = new DenseTrainer(layer.last(), true);
        int rank = layer.first().outputs();
        this.projected = MatrixView.of(new float[batch * rank], 0, rank);
        this.projectedGradients = MatrixView.of(new float[batch * rank], 0, rank);
    }

    @Override
    public void forward(MatrixView x, int from, int count, MatrixView u) {
        DenseLayer down = projection.layer();
        DenseLayer up = expansion.layer();
        MatrixView t = projected.from(from, 0);
        MATRICES.multiplyPacked(x, count, down.packed(), down.bias(), Activation.NONE, t);
        MATRICES.multiplyPacked(t, count, up.packed(), up.bias(), Activation.NONE, u);
    }

    @Override
    public void backward(MatrixView du, int from, int count, MatrixView dx) {
        DenseLayer down = projection.layer();
        DenseLayer up = expansion.layer();
        MatrixView dt = projectedGradients.from(from, 0);
        MATRICES.multiply(du, up.view(), dt, count, up.inputs(), up.outputs(), false);
        MATRICES.multiply(dt, down.view(), dx, count, down.inputs(), down.outputs(), true);
    }

    @Override
    public void addTo(WeightParts parts, MatrixView du, MatrixView x) {
        parts.add(expansion, du, projected);
        parts.add(projection, projectedGradients, x);
    }

    @Override
    public List<DenseTrainer> trainers() {
        return List.of(projection, expansion);
    }
}
