package io.millrace.ranker.exchange;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.network.CrossLayer;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.exchange.Signal.Crossed;
import io.millrace.ranker.exchange.Signal.Dense;
import io.millrace.ranker.exchange.Signal.Input;
import io.millrace.ranker.exchange.Signal.Joined;
import io.millrace.ranker.exchange.Signal.Probability;
import io.millrace.ranker.exchange.Signal.Rectified;
import io.millrace.ranker.model.DenseLayer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a network of an ONNX file that holds cross layers (square or of a rank), deep layers with
 * ReLU, or both, beside or behind each other. A sigmoid at the end is left away: scores are logits.
 */
public final class OnnxNetwork {
    private final Path file;
    private final Dense head;
    private final List<Dense> cross = new ArrayList<>();
    private final List<Dense> deep = new ArrayList<>();
    private DcnStructure structure = DcnStructure.PARALLEL;
    private boolean headTakesDeepFirst;

    private OnnxNetwork(Path file, Signal output) {
        this.file = file;
        Signal logits = output instanceof Probability probability ? probability.logits() : output;
        if (!(logits instanceof Dense dense)) {
            throw unknown("the output is no dense layer");
        }
        this.head = dense;
        take(dense.source());
    }

    /**
     * Reads a network.
     *
     * @param path the ONNX file.
     * @return the network.
     * @throws MillraceException CORRUPT_FILE when the file is damaged or contradicts itself,
     *     BAD_INPUT when it holds something else, such as an operator that such networks do not
     *     have, which is named.
     */
    public static DcnNetwork read(Path path) {
        return new OnnxNetwork(path, OnnxOperators.output(OnnxFile.read(path))).network();
    }

    /** What the head takes. */
    private void take(Signal top) {
        switch (top) {
            case Joined joined -> takeBoth(joined);
            case Rectified last -> {
                structure = DcnStructure.STACKED;
                takeCross(takeDeep(last));
            }
            default -> takeCross(top);
        }
    }

    private void takeBoth(Joined joined) {
        List<Signal> parts = joined.parts();
        if (parts.size() != 2) {
            throw unknown("the head takes " + parts.size() + " parts");
        }
        headTakesDeepFirst = parts.getFirst() instanceof Rectified;
        Signal deepEnd = headTakesDeepFirst ? parts.getFirst() : parts.getLast();
        if (!(deepEnd instanceof Rectified last) || !(takeDeep(last) instanceof Input)) {
            throw unknown("no deep part over the input stands beside the cross layers");
        }
        takeCross(headTakesDeepFirst ? parts.getLast() : parts.getFirst());
    }

    /** Collects deep layers up to what the first of them takes. */
    private Signal takeDeep(Rectified last) {
        Signal source = last;
        while (source instanceof Rectified layer) {
            deep.addFirst(layer.dense());
            source = layer.dense().source();
        }
        return source;
    }

    private void takeCross(Signal last) {
        Signal source = last;
        while (source instanceof Crossed layer) {
            cross.addFirst(layer.dense());
            source = layer.previous();
        }
        if (!(source instanceof Input)) {
            throw unknown("layers stand in another order than cross, deep, head");
        }
    }

    private DcnNetwork network() {
        Dense entry =
                cross.isEmpty() ? deep.isEmpty() ? head : deep.getFirst() : first(cross.getFirst());
        int width = ImportBounds.checked(file, "width", entry.inputs(), ImportBounds.MOST_WIDTH);
        int heads = ImportBounds.checked(file, "heads", head.outputs(), ImportBounds.MOST_HEADS);
        DcnShape shape =
                ImportBounds.shape(
                        file,
                        cross.size(),
                        rank(),
                        0,
                        structure,
                        deep.stream().map(Dense::outputs).toList());
        checkSizes(width, shape);
        DcnNetwork network = new DcnNetwork(width, shape, heads);
        for (int i = 0; i < cross.size(); i++) {
            setCross(network.cross().get(i), cross.get(i));
        }
        for (int i = 0; i < deep.size(); i++) {
            set(network.deep().get(i), deep.get(i));
        }
        network.head().set(headWeights(shape), head.bias());
        return network;
    }

    /** What takes the input of a cross layer: itself, or the projection of one with a rank. */
    private static Dense first(Dense layer) {
        return layer.source() instanceof Dense projection ? projection : layer;
    }

    private int rank() {
        Set<Integer> ranks = new LinkedHashSet<>();
        for (Dense layer : cross) {
            ranks.add(layer.source() instanceof Dense projection ? projection.outputs() : 0);
        }
        if (ranks.size() > 1) {
            throw unknown("cross layers of several ranks " + ranks);
        }
        return ranks.isEmpty() ? 0 : ranks.iterator().next();
    }

    private void checkSizes(int width, DcnShape shape) {
        for (Dense layer : cross) {
            int rank = shape.rank();
            check(layer, width, rank == 0 ? width : rank);
            check(first(layer), rank == 0 ? width : rank, width);
        }
        int inputs = width;
        for (Dense layer : deep) {
            check(layer, layer.outputs(), inputs);
            inputs = layer.outputs();
        }
        check(head, head.outputs(), DcnNetwork.headInputs(width, shape));
    }

    private void check(Dense layer, int outputs, int inputs) {
        if (layer.outputs() != outputs || layer.inputs() != inputs) {
            throw MillraceException.corrupt(
                    file,
                    "weights of another shape: tensor=%s, outputs=%d, inputs=%d, expected=%d, %d",
                    layer.matrix().name(),
                    layer.outputs(),
                    layer.inputs(),
                    outputs,
                    inputs);
        }
    }

    private static void setCross(CrossLayer target, Dense layer) {
        if (!(layer.source() instanceof Dense projection)) {
            set(target.last(), layer);
            return;
        }
        // Projections have no bias here: U (Vᵀ x + c) + b = U Vᵀ x + (U c + b).
        float[] bias = layer.bias().clone();
        float[] weights = layer.weights();
        for (int i = 0; i < bias.length; i++) {
            for (int j = 0; j < layer.inputs(); j++) {
                bias[i] += weights[i * layer.inputs() + j] * projection.bias()[j];
            }
        }
        target.first().set(projection.weights(), new float[projection.outputs()]);
        target.last().set(weights, bias);
    }

    private static void set(DenseLayer target, Dense layer) {
        target.set(layer.weights(), layer.bias());
    }

    /** The columns of the cross part come first here. */
    private float[] headWeights(DcnShape shape) {
        float[] given = head.weights();
        if (!headTakesDeepFirst) {
            return given;
        }
        float[] weights = new float[given.length];
        int inputs = head.inputs();
        int deepWidth = shape.lastDeep();
        for (int row = 0; row < given.length; row += inputs) {
            System.arraycopy(given, row + deepWidth, weights, row, inputs - deepWidth);
            System.arraycopy(given, row, weights, row + inputs - deepWidth, deepWidth);
        }
        return weights;
    }

    private MillraceException unknown(String what) {
        return MillraceException.badInput(
                "no network of the DCN and MLP family: file=%s, %s; export cross layers, deep"
                        + " layers and a head",
                file, what);
    }
}
