package io.millrace.ranker.dcn.network;

import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.LayerSource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The dense weights of a Deep &amp; Cross Network, from an input of numbers to the logits.
 *
 * <p>Threading: may be read from any thread; who changes weights lets nobody read meanwhile.
 */
public final class DcnNetwork {
    private static final String WEIGHTS = ".weights";
    private static final String BIAS = ".bias";
    private static final String HEAD = "head";

    private final int width;
    private final DcnShape shape;
    private final List<CrossLayer> cross = new ArrayList<>();
    private final List<DenseLayer> deep = new ArrayList<>();
    private final DenseLayer head;

    /**
     * A network of zeros.
     *
     * @param width floats of an input.
     * @param shape sizes.
     * @param heads count of logits.
     */
    public DcnNetwork(int width, DcnShape shape, int heads) {
        this(width, shape, heads, LayerSource.ZEROS);
    }

    /** A network of layers from elsewhere. */
    public DcnNetwork(int width, DcnShape shape, int heads, LayerSource source) {
        this.width = width;
        this.shape = shape;
        for (int layer = 0; layer < shape.crossLayers(); layer++) {
            cross.add(crossLayer(source, crossName(layer), width, shape));
        }
        int inputs = width;
        for (int units : shape.deep()) {
            deep.add(layer(source, deepName(deep.size()), units, inputs));
            inputs = units;
        }
        this.head = layer(source, HEAD, heads, headInputs(width, shape));
    }

    /** The layer of a name of {@link #namedLayers}. */
    public static DenseLayer layer(LayerSource source, String name, int outputs, int inputs) {
        return source.layer(name + WEIGHTS, name + BIAS, outputs, inputs);
    }

    private static String crossName(int layer) {
        return "cross." + layer;
    }

    private static String deepName(int layer) {
        return "deep." + layer;
    }

    /**
     * Inputs of the head.
     *
     * @param width floats of an input.
     * @param shape sizes.
     * @return how many numbers each logit is made of.
     */
    public static int headInputs(int width, DcnShape shape) {
        return (shape.headTakesCross() ? width : 0) + shape.lastDeep();
    }

    private static CrossLayer crossLayer(
            LayerSource source, String name, int width, DcnShape shape) {
        if (shape.experts() > 0) {
            return new MixedCrossLayer(source, name, width, shape.rank(), shape.experts());
        }
        return shape.rank() > 0
                ? new LowRankCrossLayer(source, name, width, shape.rank())
                : new FullCrossLayer(source, name, width);
    }

    /** Normal weights; each layer has a stream of its own. */
    public void fill(long seed) {
        int stream = 1;
        for (DenseLayer layer : layers()) {
            layer.fill(SplitRandom.forStream(seed, stream++));
        }
    }

    /**
     * Floats of an input.
     *
     * @return the width d.
     */
    public int width() {
        return width;
    }

    /**
     * Sizes of the layers.
     *
     * @return the shape.
     */
    public DcnShape shape() {
        return shape;
    }

    /**
     * Cross layers in order.
     *
     * @return live weights.
     */
    public List<CrossLayer> cross() {
        return cross;
    }

    /**
     * Deep layers in order.
     *
     * @return live weights.
     */
    public List<DenseLayer> deep() {
        return deep;
    }

    /**
     * The head: in the parallel form over the last cross layer and, behind it, the last deep layer;
     * in the stacked form over the last deep layer. With no cross layer the input stands for the
     * last, with no deep layer nothing stands behind it.
     *
     * @return live weights, one output for each logit.
     */
    public DenseLayer head() {
        return head;
    }

    /**
     * Count of logits.
     *
     * @return how many heads.
     */
    public int heads() {
        return head.outputs();
    }

    /**
     * Where the weights of the last deep layer begin in a row of the head.
     *
     * @return the width where the head takes the last cross layer, else 0.
     */
    public int headDeepAt() {
        return head.inputs() - shape.lastDeep();
    }

    /**
     * All dense layers in the order of the forward pass.
     *
     * @return cross layers, deep layers, head.
     */
    public List<DenseLayer> layers() {
        return List.copyOf(namedLayers().values());
    }

    /** Writes all layers, for a {@link LayerSource} to find. */
    public void write(SectionFileWriter writer) {
        namedLayers()
                .forEach(
                        (name, layer) -> {
                            writer.floats(name + WEIGHTS, layer.weights());
                            writer.floats(name + BIAS, layer.bias());
                        });
    }

    /**
     * The layers of {@link #layers} by the names that files have for them.
     *
     * @return as in {@code "cross.0.v"}, {@code "deep.1"}, {@code "head"}.
     */
    public SequencedMap<String, DenseLayer> namedLayers() {
        SequencedMap<String, DenseLayer> layers = new LinkedHashMap<>();
        for (int i = 0; i < cross.size(); i++) {
            String name = crossName(i);
            cross.get(i).parts().forEach((part, layer) -> layers.put(name + part, layer));
        }
        for (int i = 0; i < deep.size(); i++) {
            layers.put(deepName(i), deep.get(i));
        }
        layers.put(HEAD, head);
        return layers;
    }
}
