package io.millrace.data.train.dcn;

import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.model.DenseLayer;

/**
 * A batch in a deep layer: values after ReLU and dropout, and their gradients.
 *
 * <p>Threading: rows may be shared out forwards and backwards.
 */
final class DeepGradients {
    private static final MatrixKernels MATRICES = Kernels.matrix();

    final DenseTrainer trainer;
    final int units;
    final float[] values;
    final float[] gradients;

    DeepGradients(DenseLayer layer, int batch) {
        this.trainer = new DenseTrainer(layer, true);
        this.units = layer.outputs();
        this.values = new float[batch * units];
        this.gradients = new float[batch * units];
    }

    /** From the layer before to values, some rows. */
    void forward(float[] source, int from, int count) {
        DenseLayer layer = trainer.layer();
        MATRICES.multiplyPacked(
                MatrixView.of(source, from * layer.inputs(), layer.inputs()),
                count,
                layer.packed(),
                layer.bias(),
                Activation.RELU,
                MatrixView.of(values, from * units, units));
    }

    /**
     * From gradients of the values to those of the layer before, some rows. A unit that was dropped
     * or had a negative sum is zero: nothing passes.
     *
     * @param scale what units that were not dropped were multiplied by.
     */
    void backward(float[] target, float scale, int from, int count) {
        for (int i = from * units; i < (from + count) * units; i++) {
            gradients[i] = values[i] > 0 ? gradients[i] * scale : 0;
        }
        DenseLayer layer = trainer.layer();
        MATRICES.multiply(
                MatrixView.of(gradients, from * units, units),
                layer.view(),
                MatrixView.of(target, from * layer.inputs(), layer.inputs()),
                count,
                layer.inputs(),
                units,
                false);
    }

    /** Adds its weights, which learn from the layer before. */
    void addTo(WeightParts parts, float[] source) {
        parts.add(
                trainer,
                MatrixView.of(gradients, 0, units),
                MatrixView.of(source, 0, trainer.layer().inputs()));
    }
}
