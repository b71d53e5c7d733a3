package io.millrace.ranker.dcn;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.model.DenseLayer;

import java.util.ArrayList;
import java.util.List;

/**
 * The dense weights of a Deep &amp; Cross Network, from an input of numbers to the logits.
 *
 * <p>Threading: may be read from any thread; who changes weights lets nobody read meanwhile.
 */
public final class DcnNetwork {
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
        this.width = width;
        this.shape = shape;
        for (int layer = 0; layer < shape.crossLayers(); layer++) {
            cross.add(new CrossLayer(width, shape.rank()));
        }
        int inputs = width;
        for (int units : shape.deep()) {
            deep.add(new DenseLayer(units, inputs));
            inputs = units;
        }
        this.head = new DenseLayer(heads, headWidth(width, shape));
    }

    private static int headWidth(int width, DcnShape shape) {
        return shape.structure() == DcnStructure.STACKED
                ? shape.lastDeep()
                : width + shape.lastDeep();
    }

    /** Normal weights; each layer has a stream of its own. */
    void fill(long seed) {
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
     * in the stacked form over the last deep layer.
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
     * @return the width in the parallel form, 0 in the stacked.
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
        List<DenseLayer> layers = new ArrayList<>();
        cross.forEach(layer -> layers.addAll(layer.layers()));
        layers.addAll(deep);
        layers.add(head);
        return layers;
    }

    /** Names of the layers of {@link #layers}, as files have them. */
    List<String> layerNames() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < cross.size(); i++) {
            if (cross.get(i).projection() != null) {
                names.add("cross." + i + ".v");
            }
            names.add("cross." + i);
        }
        for (int i = 0; i < deep.size(); i++) {
            names.add("deep." + i);
        }
        names.add("head");
        return names;
    }
}
