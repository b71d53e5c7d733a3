package io.millrace.ranker.exchange;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.exchange.Signal.Crossed;
import io.millrace.ranker.exchange.Signal.Dense;
import io.millrace.ranker.exchange.Signal.Input;
import io.millrace.ranker.exchange.Signal.Joined;
import io.millrace.ranker.exchange.Signal.Probability;
import io.millrace.ranker.exchange.Signal.Rectified;
import io.millrace.ranker.exchange.Signal.Scaled;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Goes through the nodes of an ONNX graph and says of each what it gives in terms of cross and deep
 * layers. What is not made of these is refused by the name of its operator.
 *
 * <p>Threading: one thread, one graph.
 */
final class OnnxOperators {
    private static final int MOST_NODES = 512;
    private static final String KNOWN =
            "Add, Concat, Constant, Dropout, Flatten, Gemm, Identity, MatMul, Mul, Relu, Sigmoid,"
                    + " Squeeze";

    private final OnnxGraph graph;
    private final Map<String, OnnxTensor> constants;
    private final Map<String, Signal> signals = new HashMap<>();

    private OnnxOperators(OnnxGraph graph) {
        this.graph = graph;
        this.constants = new HashMap<>(graph.constants());
    }

    /**
     * What a graph gives.
     *
     * @throws MillraceException BAD_INPUT when it is none of the family, CORRUPT_FILE when it
     *     contradicts itself.
     */
    static Signal output(OnnxGraph graph) {
        if (graph.inputs().size() != 1 || graph.outputs().size() != 1) {
            throw MillraceException.badInput(
                    "not one input and one output: file=%s, inputs=%s, outputs=%s; export the"
                            + " network alone, from numbers to logits",
                    graph.file(), graph.inputs(), graph.outputs());
        }
        if (graph.nodes().size() > MOST_NODES) {
            throw MillraceException.badInput(
                    "network out of bounds: file=%s, nodes=%d, most=%d; make it smaller",
                    graph.file(), graph.nodes().size(), MOST_NODES);
        }
        OnnxOperators operators = new OnnxOperators(graph);
        operators.signals.put(graph.inputs().getFirst(), Input.ONLY);
        graph.nodes().forEach(operators::run);
        Signal output = operators.signals.get(graph.outputs().getFirst());
        if (output == null) {
            throw MillraceException.corrupt(
                    graph.file(), "no node gives the output: output=%s", graph.outputs());
        }
        return output;
    }

    private void run(OnnxNode node) {
        switch (node.operator()) {
            case "Constant" -> {
                OnnxTensor value = node.tensors().get("value");
                if (value == null) {
                    throw outside(node, "without a tensor");
                }
                constants.put(output(node), value);
            }
            case "Identity", "Dropout" -> pass(node);
            case "Flatten" -> {
                if (node.number("axis", 1) != 1) {
                    throw outside(node, "of an axis that is not 1");
                }
                pass(node);
            }
            case "Squeeze" -> {
                if (!(signal(node, 0) instanceof Probability)
                        && !(signal(node, 0) instanceof Dense dense && dense.outputs() == 1)) {
                    throw outside(node, "of more than one logit");
                }
                pass(node);
            }
            case "Gemm" -> give(node, gemm(node));
            case "MatMul" -> give(node, dense(node, true, 1));
            case "Add" -> give(node, add(node));
            case "Mul" -> give(node, multiply(node));
            case "Relu" -> {
                if (!(signal(node, 0) instanceof Dense dense)) {
                    throw outside(node, "of no dense layer");
                }
                give(node, new Rectified(dense));
            }
            case "Sigmoid" -> {
                if (!(signal(node, 0) instanceof Dense dense)) {
                    throw outside(node, "of no dense layer");
                }
                give(node, new Probability(dense));
            }
            case "Concat" -> give(node, concat(node));
            default -> throw outside(node, "");
        }
    }

    /** A node that leaves what it takes as it is. */
    private void pass(OnnxNode node) {
        OnnxTensor constant = node.inputs().isEmpty() ? null : constants.get(input(node, 0));
        if (constant != null) {
            constants.put(output(node), constant);
        } else {
            give(node, signal(node, 0));
        }
    }

    private Dense gemm(OnnxNode node) {
        if (node.number("transA", 0) != 0) {
            throw outside(node, "with transA");
        }
        boolean isTransposed = node.number("transB", 0) == 0;
        Dense dense = dense(node, isTransposed, (float) node.number("alpha", 1));
        if (node.inputs().size() > 2 && !input(node, 2).isEmpty()) {
            return biased(node, dense, constant(node, 2), (float) node.number("beta", 1));
        }
        return dense;
    }

    private Dense dense(OnnxNode node, boolean isTransposed, float factor) {
        OnnxTensor matrix = constant(node, 1);
        if (matrix.dimensions().length != 2) {
            throw MillraceException.corrupt(
                    graph.file(),
                    "tensor of another form: node=%s, tensor=%s, expected=2 dimensions, actual=%s",
                    node.name(),
                    matrix.name(),
                    Arrays.toString(matrix.dimensions()));
        }
        int outputs = matrix.dimensions()[isTransposed ? 1 : 0];
        ImportBounds.checked(graph.file(), "outputs", outputs, ImportBounds.MOST_WIDTH);
        return new Dense(signal(node, 0), matrix, isTransposed, factor, new float[outputs]);
    }

    private Signal add(OnnxNode node) {
        for (int i = 0; i < 2; i++) {
            if (constants.containsKey(input(node, i))) {
                if (signal(node, 1 - i) instanceof Dense dense) {
                    return biased(node, dense, constant(node, i), 1);
                }
                throw outside(node, "of a constant and no dense layer");
            }
        }
        for (int i = 0; i < 2; i++) {
            Signal previous = signal(node, 1 - i);
            if (signal(node, i) instanceof Scaled scaled
                    && isSame(previous, entry(scaled.dense()))) {
                return new Crossed(previous, scaled.dense());
            }
        }
        throw outside(node, "that ends no cross layer");
    }

    /** What goes into a dense layer, or into the projection before it. */
    private static Signal entry(Dense dense) {
        return dense.source() instanceof Dense projection ? projection.source() : dense.source();
    }

    @SuppressWarnings("ReferenceEquality") // The output of one node; expressions may be deep.
    private static boolean isSame(Signal a, Signal b) {
        return a == b;
    }

    private Signal multiply(OnnxNode node) {
        for (int i = 0; i < 2; i++) {
            if (signal(node, i) instanceof Input && signal(node, 1 - i) instanceof Dense dense) {
                return new Scaled(dense);
            }
        }
        throw outside(node, "of other than the input and a dense layer");
    }

    private Joined concat(OnnxNode node) {
        double axis = node.number("axis", 0);
        if (axis != 1 && axis != -1) {
            throw outside(node, "along an axis that is not 1");
        }
        List<Signal> parts = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            parts.add(signal(node, i));
        }
        return new Joined(List.copyOf(parts));
    }

    /** Adds a bias that is one number, or one for each output. */
    private Dense biased(OnnxNode node, Dense dense, OnnxTensor tensor, float factor) {
        float[] bias = dense.bias().clone();
        float[] values = tensor.values();
        int[] dimensions = tensor.dimensions();
        int last = dimensions.length == 0 ? 1 : dimensions[dimensions.length - 1];
        if (values.length != last || (last != 1 && last != bias.length)) {
            throw MillraceException.corrupt(
                    graph.file(),
                    "bias of another form: node=%s, tensor=%s, expected=[%d], actual=%s",
                    node.name(),
                    tensor.name(),
                    bias.length,
                    Arrays.toString(dimensions));
        }
        for (int i = 0; i < bias.length; i++) {
            bias[i] += factor * values[last == 1 ? 0 : i];
        }
        return dense.withBias(bias);
    }

    private OnnxTensor constant(OnnxNode node, int index) {
        OnnxTensor tensor = constants.get(input(node, index));
        if (tensor == null) {
            throw outside(node, "whose weights are no constant");
        }
        if (!tensor.isFloat()) {
            throw MillraceException.badInput(
                    "tensor of a type that is not read: file=%s, tensor=%s, data_type=%d,"
                            + " known=1 (float), 10 (float16), 11 (double), 16 (bfloat16); convert"
                            + " it",
                    graph.file(), tensor.name(), tensor.dataType());
        }
        return tensor;
    }

    private Signal signal(OnnxNode node, int index) {
        String name = input(node, index);
        Signal signal = signals.get(name);
        if (signal != null) {
            return signal;
        }
        if (constants.containsKey(name)) {
            throw outside(node, "of a constant where the network's numbers are taken");
        }
        throw MillraceException.corrupt(
                graph.file(), "no node gives an input: node=%s, input=%s", node.name(), name);
    }

    private String input(OnnxNode node, int index) {
        if (index >= node.inputs().size()) {
            throw MillraceException.corrupt(
                    graph.file(),
                    "node with too few inputs: node=%s, operator=%s, inputs=%s",
                    node.name(),
                    node.operator(),
                    node.inputs());
        }
        return node.inputs().get(index);
    }

    private void give(OnnxNode node, Signal signal) {
        signals.put(output(node), signal);
    }

    private String output(OnnxNode node) {
        if (node.outputs().isEmpty()) {
            throw MillraceException.corrupt(
                    graph.file(), "node without an output: node=%s", node.name());
        }
        return node.outputs().getFirst();
    }

    private MillraceException outside(OnnxNode node, String how) {
        return MillraceException.badInput(
                "operator outside of the DCN and MLP family: file=%s, node=%s, operator=%s%s,"
                        + " known=%s; export the network without it",
                graph.file(), node.name(), node.operator(), how.isEmpty() ? "" : " " + how, KNOWN);
    }
}
