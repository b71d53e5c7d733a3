package io.millrace.ranker.exchange;

import io.millrace.ranker.dcn.network.CrossLayer;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.FullCrossLayer;
import io.millrace.ranker.dcn.network.LowRankCrossLayer;
import io.millrace.ranker.dcn.network.MixedCrossLayer;
import io.millrace.ranker.exchange.NetworkDescription.CrossTensors;
import io.millrace.ranker.exchange.NetworkDescription.DenseTensors;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.SafetensorsFile;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes a network of tensors and a description. Sizes are read from the tensors; all shapes are
 * checked before anything is made of them.
 */
public final class DescribedNetwork {
    private final SafetensorsFile file;
    private final NetworkDescription description;
    private final int width;
    private final int rank;
    private final int experts;

    private DescribedNetwork(SafetensorsFile file, NetworkDescription description) {
        this.file = file;
        this.description = description;
        if (description.cross().isEmpty()) {
            this.width = widthWithoutCross();
            this.rank = 0;
            this.experts = 0;
            return;
        }
        CrossTensors first = description.cross().getFirst();
        boolean isMixed = first.form() == NetworkDescription.Form.MIXED;
        boolean isFull = first.form() == NetworkDescription.Form.FULL;
        String name = CrossTensors.named(isFull ? first.weight() : first.u());
        int[] shape = file.shape(name, isMixed ? 3 : 2);
        int widthAt = isMixed ? 1 : 0;
        this.width = checked("width", shape[widthAt], ImportBounds.MOST_WIDTH);
        this.rank = isFull ? 0 : checked("rank", shape[widthAt + 1], width);
        this.experts = isMixed ? checked("experts", shape[0], ImportBounds.MOST_EXPERTS) : 0;
    }

    private int widthWithoutCross() {
        DenseTensors first =
                description.deep().isEmpty() ? description.head() : description.deep().getFirst();
        return checked("width", file.shape(first.weight(), 2)[1], ImportBounds.MOST_WIDTH);
    }

    private int checked(String size, int value, int most) {
        return ImportBounds.checked(file.path(), size, value, most);
    }

    /**
     * Reads a network.
     *
     * @param file the tensors.
     * @param description which tensor is what.
     * @return the network.
     * @throws io.millrace.core.error.MillraceException CORRUPT_FILE when a tensor is missing, not
     *     finite, or of a shape that does not fit the others; BAD_INPUT when the network is larger
     *     than this program's rankers may be.
     */
    public static DcnNetwork read(SafetensorsFile file, NetworkDescription description) {
        return new DescribedNetwork(file, description).read();
    }

    private DcnNetwork read() {
        DcnShape shape = shape();
        int heads =
                checked(
                        "heads",
                        file.shape(description.head().weight(), 2)[0],
                        ImportBounds.MOST_HEADS);
        checkShapes(shape, heads);
        DcnNetwork network = new DcnNetwork(width, shape, heads);
        for (int i = 0; i < network.cross().size(); i++) {
            read(description.cross().get(i), network.cross().get(i));
        }
        for (int i = 0; i < network.deep().size(); i++) {
            read(description.deep().get(i), network.deep().get(i));
        }
        read(description.head(), network.head());
        return network;
    }

    private DcnShape shape() {
        List<Integer> deep = new ArrayList<>();
        for (DenseTensors layer : description.deep()) {
            deep.add(file.shape(layer.weight(), 2)[0]);
        }
        return ImportBounds.shape(
                file.path(),
                description.cross().size(),
                rank,
                experts,
                description.structure(),
                deep);
    }

    private void checkShapes(DcnShape shape, int heads) {
        for (CrossTensors layer : description.cross()) {
            switch (layer.form()) {
                case FULL -> file.requireShape(CrossTensors.named(layer.weight()), width, width);
                case LOW_RANK -> {
                    file.requireShape(CrossTensors.named(layer.u()), width, rank);
                    file.requireShape(CrossTensors.named(layer.v()), width, rank);
                }
                case MIXED -> {
                    file.requireShape(CrossTensors.named(layer.u()), experts, width, rank);
                    file.requireShape(CrossTensors.named(layer.v()), experts, width, rank);
                    file.requireShape(CrossTensors.named(layer.c()), experts, rank, rank);
                    file.requireShape(CrossTensors.named(layer.gate()), experts, width);
                }
            }
            checkBias(layer.bias(), width);
        }
        int inputs = width;
        for (int i = 0; i < shape.deep().size(); i++) {
            checkShapes(description.deep().get(i), shape.deep().get(i), inputs);
            inputs = shape.deep().get(i);
        }
        checkShapes(description.head(), heads, DcnNetwork.headInputs(width, shape));
    }

    private void checkShapes(DenseTensors layer, int outputs, int inputs) {
        file.requireShape(layer.weight(), outputs, inputs);
        checkBias(layer.bias(), outputs);
    }

    private void checkBias(@Nullable String name, int outputs) {
        if (name != null) {
            file.requireShape(name, outputs);
        }
    }

    private void read(DenseTensors tensors, DenseLayer layer) {
        layer.set(
                file.floats(tensors.weight(), layer.outputs(), layer.inputs()),
                bias(tensors.bias(), layer.outputs()));
    }

    private void read(CrossTensors tensors, CrossLayer layer) {
        float[] bias = bias(tensors.bias(), width);
        switch (layer) {
            case FullCrossLayer full ->
                    full.first()
                            .set(
                                    file.floats(CrossTensors.named(tensors.weight()), width, width),
                                    bias);
            case LowRankCrossLayer lowRank -> {
                float[] v = file.floats(CrossTensors.named(tensors.v()), width, rank);
                float[] projection = new float[v.length];
                transpose(v, 0, projection, 0, width, rank);
                lowRank.first().set(projection, new float[rank]);
                lowRank.last().set(file.floats(CrossTensors.named(tensors.u()), width, rank), bias);
            }
            case MixedCrossLayer mixed -> readMixture(tensors, mixed, bias);
        }
    }

    private void readMixture(CrossTensors tensors, MixedCrossLayer layer, float[] bias) {
        float[] u = file.floats(CrossTensors.named(tensors.u()), experts, width, rank);
        float[] v = file.floats(CrossTensors.named(tensors.v()), experts, width, rank);
        float[] c = file.floats(CrossTensors.named(tensors.c()), experts, rank, rank);
        float[] gate = file.floats(CrossTensors.named(tensors.gate()), experts, width);
        float[] projection = new float[v.length + gate.length];
        float[] expansion = new float[u.length];
        for (int expert = 0; expert < experts; expert++) {
            int at = expert * width * rank;
            transpose(v, at, projection, at, width, rank);
            for (int row = 0; row < width; row++) {
                System.arraycopy(
                        u, at + row * rank, expansion, (row * experts + expert) * rank, rank);
            }
            float[] inner = new float[rank * rank];
            System.arraycopy(c, expert * rank * rank, inner, 0, inner.length);
            layer.inner().get(expert).set(inner, new float[rank]);
        }
        System.arraycopy(gate, 0, projection, v.length, gate.length);
        layer.first().set(projection, new float[layer.first().outputs()]);
        layer.last().set(expansion, bias);
    }

    private float[] bias(@Nullable String name, int outputs) {
        return name == null ? new float[outputs] : file.floats(name, outputs);
    }

    private static void transpose(
            float[] from, int fromAt, float[] to, int toAt, int rows, int columns) {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                to[toAt + column * rows + row] = from[fromAt + row * columns + column];
            }
        }
    }
}
