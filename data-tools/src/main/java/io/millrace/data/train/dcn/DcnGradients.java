package io.millrace.data.train.dcn;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.dcn.network.DcnNetwork;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a batch through the ranker and back: activations, gradients, and the trainers of the dense
 * weights.
 *
 * <p>Threading: rows are independent of each other forwards and backwards, parts of the weights of
 * each other afterwards; both may be shared out in any way.
 */
public final class DcnGradients {
    private static final VectorKernels VECTORS = Kernels.vector();

    private final DcnNetwork network;
    private final int width;
    private final int heads;
    private final boolean headTakesCross;
    private final boolean deepTakesInput;
    private final Dropout dropout;
    private final float[] inputs;
    private final float[] inputGradients;
    private final CrossGradients[] cross;
    private final DeepGradients[] deep;

    /** Of the last cross layer at first, of the input in the end. */
    private final float[] crossGradients;

    private final float[] logits;
    private final float[] logitGradients;
    private final DenseTrainer head;
    private final WeightParts parts = new WeightParts();
    private int rows;
    private long step;

    /**
     * Gradients of a network.
     *
     * @param network live weights.
     * @param batch the most rows of a batch.
     * @param dropout what is dropped in training.
     */
    public DcnGradients(DcnNetwork network, int batch, Dropout dropout) {
        this.network = network;
        this.width = network.width();
        this.heads = network.heads();
        this.headTakesCross = network.shape().headTakesCross();
        this.deepTakesInput = network.shape().deepTakesInput();
        this.dropout = dropout;
        this.inputs = new float[batch * width];
        this.inputGradients = new float[batch * width];
        this.crossGradients = new float[batch * width];
        this.logits = new float[batch * heads];
        this.logitGradients = new float[batch * heads];
        this.cross = new CrossGradients[network.cross().size()];
        for (int i = 0; i < cross.length; i++) {
            cross[i] = new CrossGradients(network.cross().get(i), width, batch);
        }
        this.deep = new DeepGradients[network.deep().size()];
        for (int i = 0; i < deep.length; i++) {
            deep[i] = new DeepGradients(network.deep().get(i), batch);
        }
        this.head = new DenseTrainer(network.head(), true);
        addParts();
    }

    /**
     * The inputs of the batch.
     *
     * @return live, by row.
     */
    public float[] inputs() {
        return inputs;
    }

    /**
     * Gradients of the inputs.
     *
     * @return live, by row.
     */
    public float[] inputGradients() {
        return inputGradients;
    }

    /**
     * A batch begins.
     *
     * @param rowCount its rows.
     * @param stepNumber number of the step, which decides what is dropped.
     */
    public void begin(int rowCount, long stepNumber) {
        rows = rowCount;
        step = stepNumber;
    }

    /**
     * From inputs to logits.
     *
     * @param from first row.
     * @param to row behind the last.
     * @param isTraining whether units are dropped.
     */
    public void forward(int from, int to, boolean isTraining) {
        int count = to - from;
        float[] last = inputs;
        for (CrossGradients layer : cross) {
            layer.forward(inputs, last, from, count);
            last = layer.outputs();
        }
        float[] source = deepTakesInput ? inputs : last;
        SplitRandom random = new SplitRandom(0);
        for (int i = 0; i < deep.length; i++) {
            DeepGradients layer = deep[i];
            layer.forward(source, from, count);
            for (int row = from; isTraining && row < to; row++) {
                long stream = (step * deep.length + i) << 32 | row;
                dropout.drop(random, stream, layer.values, row * layer.units, layer.units);
            }
            source = layer.values;
        }
        for (int row = from; row < to; row++) {
            for (int i = 0; i < heads; i++) {
                logits[row * heads + i] = logit(i, row, last);
            }
        }
    }

    private float logit(int index, int row, float[] top) {
        float[] weights = network.head().weights();
        int at = index * network.head().inputs();
        float sum = network.head().bias()[index];
        if (headTakesCross) {
            sum += VECTORS.dot(top, row * width, weights, at, width);
        }
        if (deep.length > 0) {
            DeepGradients end = deep[deep.length - 1];
            int deepAt = at + network.headDeepAt();
            sum += VECTORS.dot(end.values, row * end.units, weights, deepAt, end.units);
        }
        return sum;
    }

    /**
     * What a head said last.
     *
     * @param row row of the batch.
     * @param index index of the head.
     * @return its logit.
     */
    public float logit(int row, int index) {
        return logits[row * heads + index];
    }

    /**
     * Sets the gradient of a logit.
     *
     * @param row row of the batch.
     * @param index index of the head.
     * @param value the gradient.
     */
    public void setLogitGradient(int row, int index, float value) {
        logitGradients[row * heads + index] = value;
    }

    /**
     * From gradients of the logits to gradients of the inputs.
     *
     * @param from first row.
     * @param to row behind the last.
     */
    public void backward(int from, int to) {
        int count = to - from;
        Arrays.fill(crossGradients, from * width, to * width, 0);
        Arrays.fill(inputGradients, from * width, to * width, 0);
        if (headTakesCross) {
            throughHead(from, to, 0, width, crossGradients);
        }
        if (deep.length > 0) {
            DeepGradients end = deep[deep.length - 1];
            Arrays.fill(end.gradients, from * end.units, to * end.units, 0);
            throughHead(from, to, network.headDeepAt(), end.units, end.gradients);
        }
        for (int i = deep.length - 1; i >= 0; i--) {
            float[] first = deepTakesInput ? inputGradients : crossGradients;
            float[] target = i > 0 ? deep[i - 1].gradients : first;
            deep[i].backward(target, dropout.scale(), from, count);
        }
        for (int i = cross.length - 1; i >= 0; i--) {
            cross[i].backward(inputs, crossGradients, inputGradients, from, count);
        }
        VECTORS.addScaled(
                1, crossGradients, from * width, inputGradients, from * width, count * width);
    }

    /** Adds what the heads say to gradients of what they take from one part of their input. */
    private void throughHead(int from, int to, int part, int units, float[] gradients) {
        float[] weights = network.head().weights();
        for (int row = from; row < to; row++) {
            for (int i = 0; i < heads; i++) {
                float gradient = logitGradients[row * heads + i];
                int at = i * network.head().inputs() + part;
                VECTORS.addScaled(gradient, weights, at, gradients, row * units, units);
            }
        }
    }

    /**
     * How many parts the learning of the dense weights is cut into.
     *
     * @return the count.
     */
    public int parts() {
        return parts.count();
    }

    /**
     * Learns one part of the dense weights.
     *
     * @param part 0 to {@link #parts} - 1.
     * @param adam decay rates and step size.
     */
    public void learn(int part, AdamStep adam) {
        parts.learn(part, rows, adam);
    }

    /**
     * The trainers of the dense weights.
     *
     * @return those of all layers in the order of {@link DcnNetwork#layers}.
     */
    public List<DenseTrainer> trainers() {
        List<DenseTrainer> result = new ArrayList<>();
        for (CrossGradients layer : cross) {
            result.addAll(layer.trainers());
        }
        for (DeepGradients layer : deep) {
            result.add(layer.trainer);
        }
        result.add(head);
        return result;
    }

    /**
     * All that is to be kept of the dense weights and of how they were learnt.
     *
     * @param state told of each part.
     */
    public void walk(TrainingState state) {
        List<DenseTrainer> layers = trainers();
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).walk(state, "dense." + i);
        }
    }

    private void addParts() {
        float[] source = inputs;
        for (CrossGradients layer : cross) {
            layer.addTo(parts, source);
            source = layer.outputs();
        }
        source = deepTakesInput ? inputs : source;
        for (DeepGradients layer : deep) {
            layer.addTo(parts, source);
            source = layer.values;
        }
        parts.add(this::learnHead);
    }

    private void learnHead(int count, AdamStep adam) {
        MatrixView outputs = MatrixView.of(logitGradients, 0, heads);
        if (headTakesCross) {
            float[] top = cross.length == 0 ? inputs : cross[cross.length - 1].outputs();
            head.sum(0, outputs, MatrixView.of(top, 0, width), width, 0, count);
        }
        if (deep.length > 0) {
            DeepGradients end = deep[deep.length - 1];
            MatrixView values = MatrixView.of(end.values, 0, end.units);
            head.sum(0, outputs, values, end.units, network.headDeepAt(), count);
        }
        head.apply(0, adam);
    }
}
