package io.millrace.ranker.dcn;

import org.jspecify.annotations.Nullable;

/**
 * A trained network made ready for requests whose rows begin with the same floats: the layers that
 * take the input are cut in two. Shared by all scorers.
 *
 * <p>Threading: immutable.
 */
final class DcnServing {
    private final DcnNetwork network;
    private final int sharedWidth;
    private final @Nullable SplitLayer firstCross;
    private final @Nullable SplitLayer firstDeep;

    DcnServing(DcnNetwork network, int sharedWidth) {
        this.network = network;
        this.sharedWidth = sharedWidth;
        this.firstCross =
                network.cross().isEmpty()
                        ? null
                        : new SplitLayer(network.cross().getFirst().first(), sharedWidth);
        this.firstDeep =
                network.shape().deepTakesInput()
                        ? new SplitLayer(network.deep().getFirst(), sharedWidth)
                        : null;
    }

    DcnNetwork network() {
        return network;
    }

    int sharedWidth() {
        return sharedWidth;
    }

    /** The first product of the first cross layer, null where there is none. */
    @Nullable SplitLayer firstCross() {
        return firstCross;
    }

    /** The first deep layer, null where it does not take the input. */
    @Nullable SplitLayer firstDeep() {
        return firstDeep;
    }
}
