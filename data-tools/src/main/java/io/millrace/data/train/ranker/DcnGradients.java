package io.millrace.data.train.ranker;

import io.millrace.core.simd.Activation;
import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.optimise.DenseParameter;
import io.millrace.data.train.optimise.Shards;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DenseLayer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a batch through the ranker and back: activations, gradients, and the optimiser's state of
 * the dense weights.
 *
 * <p>With {@code u = W x + b}, a cross layer is {@code y = x₀ ⊙ u + x}; backwards {@code du = dy ⊙
 * x₀}, {@code dx₀ += dy ⊙ u}, {@code dx = dy + du W}, {@code dW = duᵀ x}.
 *
 * <p>Threading: the methods share their work out over shards; one caller.
 */
final class DcnGradients {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final VectorKernels VECTORS = Kernels.vector();

    final float[] inputs;
    final float[] inputGradients;

    private final DcnModel model;
    private final Shards shards;
    private final int width;
    private final int units1;
    private final int units2;
    private final int layers;
    private final float[][] crossOutputs;
    private final float[][] crossProducts;
    private final float[] deep1;
    private final float[] deep2;
    private final float[] deep1Gradients;
    private final float[] deep2Gradients;
    private final float[] crossGradients;
    private final float[] productGradients;
    private final float[] logits;
    private final float[] logitGradients;
    private final List<DenseParameter> weights = new ArrayList<>();
    private final List<DenseParameter> biases = new ArrayList<>();

    DcnGradients(DcnModel model, int batch, Shards shards) {
        this.model = model;
        this.shards = shards;
        this.width = model.input().width();
        this.units1 = model.shape().deep1();
        this.units2 = model.shape().deep2();
        this.layers = model.cross().size();
        this.inputs = new float[batch * width];
        this.inputGradients = new float[batch * width];
        this.crossOutputs = new float[layers][batch * width];
        this.crossProducts = new float[layers][batch * width];
        this.deep1 = new float[batch * units1];
        this.deep2 = new float[batch * units2];
        this.deep1Gradients = new float[batch * units1];
        this.deep2Gradients = new float[batch * units2];
        this.crossGradients = new float[batch * width];
        this.productGradients = new float[batch * width];
        this.logits = new float[batch];
        this.logitGradients = new float[batch];
        for (DenseLayer layer : model.layers()) {
            weights.add(new DenseParameter(layer.weights()));
            biases.add(new DenseParameter(layer.bias()));
        }
    }

    /** From inputs to logits. */
    void forward(int rows) {
        shards.run(rows, this::forwardRows);
    }

    /** Sum of the log losses; sets the gradients of the logits of the mean loss. */
    double loss(int rows, boolean[] labels) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            double logit = logits[row];
            double probability = 1 / (1 + Math.exp(-logit));
            sum +=
                    Math.max(logit, 0)
                            - (labels[row] ? logit : 0)
                            + Math.log1p(Math.exp(-Math.abs(logit)));
            logitGradients[row] = (float) ((probability - (labels[row] ? 1 : 0)) / rows);
        }
        return sum;
    }

    float logit(int row) {
        return logits[row];
    }

    /** From gradients of the logits to gradients of inputs and weights. */
    void backward(int rows) {
        shards.run(rows, this::headAndDeepBackRows);
        weightGradient(layers + 1, deep2Gradients, units2, deep1, units1, rows);
        weightGradient(layers, deep1Gradients, units1, inputs, width, rows);
        for (int layer = layers - 1; layer >= 0; layer--) {
            int index = layer;
            shards.run(rows, (from, to) -> crossBackRows(index, from, to));
            weightGradient(layer, productGradients, width, layerInput(layer), width, rows);
        }
        shards.run(
                rows,
                (from, to) ->
                        VECTORS.addScaled(
                                1,
                                crossGradients,
                                from * width,
                                inputGradients,
                                from * width,
                                (to - from) * width));
        headGradient(rows);
    }

    /** Changes the dense weights. */
    void apply(AdamStep step) {
        shards.run(
                weights.size(),
                (from, to) -> {
                    for (int i = from; i < to; i++) {
                        weights.get(i).apply(step);
                        biases.get(i).apply(step);
                        model.layers().get(i).repack();
                    }
                });
    }

    private void forwardRows(int from, int to) {
        int rows = to - from;
        MatrixView x = view(inputs, width, from);
        MatrixView last = x;
        for (int layer = 0; layer < layers; layer++) {
            DenseLayer dense = model.cross().get(layer);
            float[] product = crossProducts[layer];
            MATRICES.multiplyPacked(
                    last,
                    rows,
                    dense.packed(),
                    dense.bias(),
                    Activation.NONE,
                    view(product, width, from));
            float[] output = crossOutputs[layer];
            float[] input = layerInput(layer);
            for (int i = from * width; i < to * width; i++) {
                output[i] = Math.fma(inputs[i], product[i], input[i]);
            }
            last = view(output, width, from);
        }
        DenseLayer first = model.deep1();
        DenseLayer second = model.deep2();
        MATRICES.multiplyPacked(
                x, rows, first.packed(), first.bias(), Activation.RELU, view(deep1, units1, from));
        MATRICES.multiplyPacked(
                view(deep1, units1, from),
                rows,
                second.packed(),
                second.bias(),
                Activation.RELU,
                view(deep2, units2, from));
        float[] head = model.head().weights();
        float[] top = layerInput(layers);
        for (int row = from; row < to; row++) {
            logits[row] =
                    model.head().bias()[0]
                            + VECTORS.dot(top, row * width, head, 0, width)
                            + VECTORS.dot(deep2, row * units2, head, width, units2);
        }
    }

    private void headAndDeepBackRows(int from, int to) {
        int rows = to - from;
        float[] head = model.head().weights();
        Arrays.fill(crossGradients, from * width, to * width, 0);
        Arrays.fill(deep2Gradients, from * units2, to * units2, 0);
        for (int row = from; row < to; row++) {
            VECTORS.addScaled(logitGradients[row], head, 0, crossGradients, row * width, width);
            VECTORS.addScaled(
                    logitGradients[row], head, width, deep2Gradients, row * units2, units2);
        }
        throughRelu(deep2, deep2Gradients, from * units2, to * units2);
        MATRICES.multiply(
                view(deep2Gradients, units2, from),
                model.deep2().view(),
                view(deep1Gradients, units1, from),
                rows,
                units1,
                units2,
                false);
        throughRelu(deep1, deep1Gradients, from * units1, to * units1);
        MATRICES.multiply(
                view(deep1Gradients, units1, from),
                model.deep1().view(),
                view(inputGradients, width, from),
                rows,
                width,
                units1,
                false);
    }

    private void crossBackRows(int layer, int from, int to) {
        float[] product = crossProducts[layer];
        for (int i = from * width; i < to * width; i++) {
            productGradients[i] = crossGradients[i] * inputs[i];
            inputGradients[i] = Math.fma(crossGradients[i], product[i], inputGradients[i]);
        }
        MATRICES.multiply(
                view(productGradients, width, from),
                model.cross().get(layer).view(),
                view(crossGradients, width, from),
                to - from,
                width,
                width,
                true);
    }

    private void weightGradient(
            int layer, float[] outputs, int count, float[] from, int inputCount, int rows) {
        MatrixView transposed = MatrixView.of(outputs, 0, count).transposed();
        MatrixView source = MatrixView.of(from, 0, inputCount);
        float[] gradient = weights.get(layer).gradient();
        shards.run(
                count,
                (first, end) ->
                        MATRICES.multiply(
                                transposed.from(first, 0),
                                source,
                                MatrixView.of(gradient, first * inputCount, inputCount),
                                end - first,
                                inputCount,
                                rows,
                                false));
        DenseParameter.sumRows(outputs, rows, count, biases.get(layer).gradient());
    }

    private void headGradient(int rows) {
        float[] gradient = weights.getLast().gradient();
        float[] top = layerInput(layers);
        Arrays.fill(gradient, 0);
        float bias = 0;
        for (int row = 0; row < rows; row++) {
            VECTORS.addScaled(logitGradients[row], top, row * width, gradient, 0, width);
            VECTORS.addScaled(logitGradients[row], deep2, row * units2, gradient, width, units2);
            bias += logitGradients[row];
        }
        biases.getLast().gradient()[0] = bias;
    }

    /** Input of a cross layer: the model's input, or the output of the layer before. */
    private float[] layerInput(int layer) {
        return layer == 0 ? inputs : crossOutputs[layer - 1];
    }

    private static void throughRelu(float[] values, float[] gradients, int from, int to) {
        for (int i = from; i < to; i++) {
            if (values[i] <= 0) {
                gradients[i] = 0;
            }
        }
    }

    private static MatrixView view(float[] values, int stride, int row) {
        return MatrixView.of(values, row * stride, stride);
    }

    /** The gradients of all dense weights, for tests: layer by layer, weights then bias. */
    List<float[]> gradients() {
        List<float[]> result = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            result.add(weights.get(i).gradient());
            result.add(biases.get(i).gradient());
        }
        return result;
    }
}
