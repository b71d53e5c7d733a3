package io.millrace.ranker.dcn;

import io.millrace.ranker.model.DenseLayer;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A trained network made ready for requests whose rows begin with the same floats: the layers that
 * take the input are cut in two. Shared by all scorers.
 *
 * <p>Threading: immutable.
 */
final class DcnServing {
    private final DcnNetwork network;
    private final int sharedWidth;
    private final SplitLayer firstCross;
    private final @Nullable SplitLayer firstDeep;

    DcnServing(DcnNetwork network, int sharedWidth) {
        this.network = network;
        this.sharedWidth = sharedWidth;
        CrossLayer cross = network.cross().getFirst();
        List<DenseLayer> layers = cross.layers();
        this.firstCross = new SplitLayer(layers.getFirst(), sharedWidth);
        this.firstDeep =
                network.shape().structure() == DcnStructure.PARALLEL
                        ? new SplitLayer(network.deep().getFirst(), sharedWidth)
                        : null;
    }

    DcnNetwork network() {
        return network;
    }

    int sharedWidth() {
        return sharedWidth;
    }

    /** The first product of the first cross layer: with W, or with Vᵀ where there is a rank. */
    SplitLayer firstCross() {
        return firstCross;
    }

    /** The first deep layer, null in the stacked form, where it does not take the input. */
    @Nullable SplitLayer firstDeep() {
        return firstDeep;
    }
}
