package io.millrace.data.train.dcn;

import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.dcn.network.CrossLayer;
import io.millrace.ranker.model.DenseLayer;

import java.util.List;

/**
 * {@code u = W x + b}; backwards {@code dx = du W}, {@code dW = duᵀ x}.
 *
 * <p>Threading: as {@link CrossProduct}.
 */
final class FullCrossProduct implements CrossProduct {
    private static final MatrixKernels MATRICES = Kernels.matrix();

    private final DenseLayer layer;
    private final DenseTrainer trainer;

    FullCrossProduct(CrossLayer cross) {
        this.layer = cross.last();
        this.trainer = new DenseTrainer(layer, true);
    }

    @Override
    public void forward(MatrixView x, int from, int count, MatrixView u) {
        MATRICES.multiplyPacked(x, count, layer.packed(), layer.bias(), Activation.NONE, u);
    }

    @Override
    public void backward(MatrixView du, int from, int count, MatrixView dx) {
        MATRICES.multiply(du, layer.view(), dx, count, layer.inputs(), layer.outputs(), true);
    }

    @Override
    public void addTo(WeightParts parts, MatrixView du, MatrixView x) {
        parts.add(trainer, du, x);
    }

    @Override
    public List<DenseTrainer> trainers() {
        return List.of(trainer);
    }
}
