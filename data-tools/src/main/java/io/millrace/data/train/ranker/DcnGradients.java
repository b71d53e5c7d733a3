package io.millrace.data.train.ranker;

import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.dcn.CrossLayer;
import io.millrace.ranker.dcn.DcnNetwork;
import io.millrace.ranker.dcn.DcnShape;
import io.millrace.ranker.dcn.LowRankCrossLayer;
import io.millrace.ranker.model.DenseLayer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a batch through the ranker and back: activations, gradients, and the trainers of the dense
 * weights.
 *
 * <p>With {@code u = W x + b}, a cross layer is {@code y = x₀ ⊙ u + x}; backwards {@code du = dy ⊙
 * x₀}, {@code dx₀ += dy ⊙ u}, {@code dx = dy + du W}, {@code dW = duᵀ x}. With {@code W = U Vᵀ} the
 * product goes through {@code t = Vᵀ x}.
 *
 * <p>Threading: rows are independent of each other forwards and backwards, parts of the weights of
 * each other afterwards; both may be shared out in any way.
 */
final class DcnGradients {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final VectorKernels VECTORS = Kernels.vector();

    final float[] inputs;
    final float[] inputGradients;

    private final DcnNetwork network;
    private final int width;
    private final int heads;
    private final int headDeepAt;
    private final Dropout dropout;
    private final CrossState[] cross;
    private final DeepState[] deep;
    private final float[] crossGradients;
    private final float[] logits;
    private final float[] logitGradients;
    private final DenseTrainer head;
    private final List<Runner> runners = new ArrayList<>();
    private int rows;
    private long step;

    /** Learns one part of the weights. */
    private interface Runner {
        void run(AdamStep step);
    }

    DcnGradients(DcnNetwork network, int batch, Dropout dropout) {
        validate(network.shape());
        this.network = network;
        this.width = network.width();
        this.heads = network.heads();
        this.headDeepAt = network.headDeepAt();
        this.dropout = dropout;
        this.inputs = new float[batch * width];
        this.inputGradients = new float[batch * width];
        this.crossGradients = new float[batch * width];
        this.logits = new float[batch * heads];
        this.logitGradients = new float[batch * heads];
        this.cross = new CrossState[network.cross().size()];
        for (int i = 0; i < cross.length; i++) {
            cross[i] = new CrossState(network.cross().get(i), batch);
        }
        this.deep = new DeepState[network.deep().size()];
        for (int i = 0; i < deep.length; i++) {
            deep[i] = new DeepState(network.deep().get(i), batch);
        }
        this.head = new DenseTrainer(network.head(), true);
        addRunners();
    }

    private static void validate(DcnShape shape) {
        if (shape.experts() > 0 || shape.deep().isEmpty()) {
            throw MillraceException.usage(
                    "no gradients for this ranker: experts=%d, deepLayers=%d; train cross layers"
                            + " without experts, and deep layers",
                    shape.experts(), shape.deep().size());
        }
    }

    /** A batch of so many rows begins; the number decides what is dropped. */
    void begin(int rowCount, long stepNumber) {
        rows = rowCount;
        step = stepNumber;
    }

    /** From inputs to logits, some rows. */
    void forward(int from, int to, boolean isTraining) {
        int count = to - from;
        float[] last = inputs;
        for (CrossState layer : cross) {
            layer.forward(last, from, count);
            last = layer.outputs;
        }
        float[] deepInput = headDeepAt == 0 ? last : inputs;
        int deepWidth = width;
        SplitRandom random = new SplitRandom(0);
        for (int i = 0; i < deep.length; i++) {
            DeepState layer = deep[i];
            layer.forward(deepInput, deepWidth, from, count);
            for (int row = from; isTraining && row < to; row++) {
                long stream = (step * deep.length + i) << 32 | row;
                dropout.drop(random, stream, layer.values, row * layer.units, layer.units);
            }
            deepInput = layer.values;
            deepWidth = layer.units;
        }
        for (int row = from; row < to; row++) {
            for (int i = 0; i < heads; i++) {
                logits[row * heads + i] = logit(i, row, last);
            }
        }
    }

    private float logit(int index, int row, float[] top) {
        float[] weights = network.head().weights();
        DeepState end = deep[deep.length - 1];
        int at = index * network.head().inputs();
        float sum = network.head().bias()[index];
        if (headDeepAt > 0) {
            sum += VECTORS.dot(top, row * width, weights, at, width);
        }
        return sum + VECTORS.dot(end.values, row * end.units, weights, at + headDeepAt, end.units);
    }

    float logit(int row, int index) {
        return logits[row * heads + index];
    }

    void setLogitGradient(int row, int index, float value) {
        logitGradients[row * heads + index] = value;
    }

    /** From gradients of the logits to gradients of the inputs, some rows. */
    void backward(int from, int to) {
        int count = to - from;
        DeepState end = deep[deep.length - 1];
        Arrays.fill(crossGradients, from * width, to * width, 0);
        Arrays.fill(inputGradients, from * width, to * width, 0);
        Arrays.fill(end.gradients, from * end.units, to * end.units, 0);
        float[] weights = network.head().weights();
        for (int row = from; row < to; row++) {
            for (int i = 0; i < heads; i++) {
                float gradient = logitGradients[row * heads + i];
                int at = i * network.head().inputs();
                if (headDeepAt > 0) {
                    VECTORS.addScaled(gradient, weights, at, crossGradients, row * width, width);
                }
                VECTORS.addScaled(
                        gradient,
                        weights,
                        at + headDeepAt,
                        end.gradients,
                        row * end.units,
                        end.units);
            }
        }
        for (int i = deep.length - 1; i > 0; i--) {
            deep[i].backward(deep[i - 1].gradients, deep[i - 1].units, from, count);
        }
        deep[0].backward(headDeepAt == 0 ? crossGradients : inputGradients, width, from, count);
        for (int i = cross.length - 1; i >= 0; i--) {
            cross[i].backward(from, count);
        }
        VECTORS.addScaled(
                1, crossGradients, from * width, inputGradients, from * width, count * width);
    }

    /** How many parts the learning of the dense weights is cut into. */
    int parts() {
        return runners.size();
    }

    /** Learns one part of the dense weights. */
    void learn(int part, AdamStep adam) {
        runners.get(part).run(adam);
    }

    /** The trainers of all layers in the order of {@link DcnNetwork#layers}, for tests. */
    List<DenseTrainer> trainers() {
        List<DenseTrainer> result = new ArrayList<>();
        for (CrossState layer : cross) {
            if (layer.projection != null) {
                result.add(layer.projection);
            }
            result.add(layer.expansion);
        }
        for (DeepState layer : deep) {
            result.add(layer.trainer);
        }
        result.add(head);
        return result;
    }

    private void addRunners() {
        for (int i = 0; i < cross.length; i++) {
            CrossState layer = cross[i];
            float[] source = i == 0 ? inputs : cross[i - 1].outputs;
            DenseTrainer projection = layer.projection;
            if (projection == null) {
                add(layer.expansion, layer.productGradients, source, width);
            } else {
                add(layer.expansion, layer.productGradients, layer.projected, layer.rank);
                add(projection, layer.projectedGradients, source, width);
            }
        }
        float[] source = headDeepAt == 0 ? lastCross() : inputs;
        int sourceWidth = width;
        for (DeepState layer : deep) {
            add(layer.trainer, layer.gradients, source, sourceWidth);
            source = layer.values;
            sourceWidth = layer.units;
        }
        runners.add(this::learnHead);
    }

    /** What the last cross layer gives; where there is none the input stands for it. */
    private float[] lastCross() {
        return cross.length == 0 ? inputs : cross[cross.length - 1].outputs;
    }

    private void add(DenseTrainer trainer, float[] gradients, float[] source, int sourceWidth) {
        MatrixView outputs = MatrixView.of(gradients, 0, trainer.layer().outputs());
        MatrixView from = MatrixView.of(source, 0, sourceWidth);
        for (int i = 0; i < trainer.parts(); i++) {
            int part = i;
            runners.add(
                    adam -> {
                        trainer.sum(part, outputs, from, sourceWidth, 0, rows);
                        trainer.apply(part, adam);
                    });
        }
    }

    private void learnHead(AdamStep adam) {
        MatrixView outputs = MatrixView.of(logitGradients, 0, heads);
        DeepState end = deep[deep.length - 1];
        if (headDeepAt > 0) {
            MatrixView top = MatrixView.of(lastCross(), 0, width);
            head.sum(0, outputs, top, width, 0, rows);
        }
        MatrixView endView = MatrixView.of(end.values, 0, end.units);
        head.sum(0, outputs, endView, end.units, headDeepAt, rows);
        head.apply(0, adam);
    }

    private static MatrixView view(float[] values, int stride, int row) {
        return MatrixView.of(values, row * stride, stride);
    }

    /** Activations of a cross layer. */
    private final class CrossState {
        private final DenseTrainer expansion;
        private final @Nullable DenseTrainer projection;
        private final int rank;
        private final float[] products;
        private final float[] productGradients;
        private final float[] projected;
        private final float[] projectedGradients;
        private final float[] outputs;

        CrossState(CrossLayer layer, int batch) {
            DenseLayer down = layer instanceof LowRankCrossLayer ? layer.first() : null;
            this.expansion = new DenseTrainer(layer.last(), true);
            this.projection = down == null ? null : new DenseTrainer(down, false);
            this.rank = down == null ? 0 : down.outputs();
            this.products = new float[batch * width];
            this.productGradients = new float[batch * width];
            this.projected = new float[batch * rank];
            this.projectedGradients = new float[batch * rank];
            this.outputs = new float[batch * width];
        }

        void forward(float[] last, int from, int count) {
            DenseLayer up = expansion.layer();
            MatrixView x = view(last, width, from);
            if (projection != null) {
                DenseLayer down = projection.layer();
                MatrixView t = view(projected, rank, from);
                MATRICES.multiplyPacked(x, count, down.packed(), down.bias(), Activation.NONE, t);
                x = t;
            }
            MATRICES.multiplyPacked(
                    x, count, up.packed(), up.bias(), Activation.NONE, view(products, width, from));
            for (int i = from * width; i < (from + count) * width; i++) {
                outputs[i] = Math.fma(inputs[i], products[i], last[i]);
            }
        }

        void backward(int from, int count) {
            for (int i = from * width; i < (from + count) * width; i++) {
                productGradients[i] = crossGradients[i] * inputs[i];
                inputGradients[i] = Math.fma(crossGradients[i], products[i], inputGradients[i]);
            }
            MatrixView du = view(productGradients, width, from);
            MatrixView dx = view(crossGradients, width, from);
            MatrixView w = expansion.layer().view();
            if (projection == null) {
                MATRICES.multiply(du, w, dx, count, width, width, true);
            } else {
                MatrixView dt = view(projectedGradients, rank, from);
                MATRICES.multiply(du, w, dt, count, rank, width, false);
                MATRICES.multiply(dt, projection.layer().view(), dx, count, width, rank, true);
            }
        }
    }

    /** Activations of a deep layer, after ReLU and dropout. */
    private final class DeepState {
        private final DenseTrainer trainer;
        private final int units;
        private final float[] values;
        private final float[] gradients;

        DeepState(DenseLayer layer, int batch) {
            this.trainer = new DenseTrainer(layer, true);
            this.units = layer.outputs();
            this.values = new float[batch * units];
            this.gradients = new float[batch * units];
        }

        void forward(float[] source, int sourceWidth, int from, int count) {
            DenseLayer layer = trainer.layer();
            MATRICES.multiplyPacked(
                    view(source, sourceWidth, from),
                    count,
                    layer.packed(),
                    layer.bias(),
                    Activation.RELU,
                    view(values, units, from));
        }

        /** A unit that was dropped or had a negative sum is zero: nothing passes. */
        void backward(float[] target, int targetWidth, int from, int count) {
            float scale = dropout.scale();
            for (int i = from * units; i < (from + count) * units; i++) {
                gradients[i] = values[i] > 0 ? gradients[i] * scale : 0;
            }
            MATRICES.multiply(
                    view(gradients, units, from),
                    trainer.layer().view(),
                    view(target, targetWidth, from),
                    count,
                    targetWidth,
                    units,
                    false);
        }
    }
}
