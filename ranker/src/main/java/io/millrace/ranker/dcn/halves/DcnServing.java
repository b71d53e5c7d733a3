package io.millrace.ranker.dcn.halves;

import io.millrace.ranker.dcn.network.DcnNetwork;

import org.jspecify.annotations.Nullable;

/**
 * A trained network made ready for requests whose rows begin with the same floats: the layers that
 * take the input are cut in two. Shared by all scorers.
 *
 * <p>Threading: immutable.
 */
public final class DcnServing {
    private final DcnNetwork network;
    private final int sharedWidth;
    private final int ownEnd;
    private final @Nullable SplitLayer firstCross;
    private final @Nullable SplitLayer firstDeep;

    public DcnServing(DcnNetwork network, int sharedWidth) {
        this(network, sharedWidth, network.width());
    }

    /** With floats at the end of a row that are neither shared nor its item's alone. */
    public DcnServing(DcnNetwork network, int sharedWidth, int ownEnd) {
        this.network = network;
        this.sharedWidth = sharedWidth;
        this.ownEnd = ownEnd;
        this.firstCross =
                network.cross().isEmpty()
                        ? null
                        : new SplitLayer(network.cross().getFirst().first(), sharedWidth, ownEnd);
        this.firstDeep =
                network.shape().deepTakesInput()
                        ? new SplitLayer(network.deep().getFirst(), sharedWidth, ownEnd)
                        : null;
    }

    public DcnNetwork network() {
        return network;
    }

    public int sharedWidth() {
        return sharedWidth;
    }

    /** Where the part of a row ends that is its item's alone; the width where nothing follows. */
    public int ownEnd() {
        return ownEnd;
    }

    /** The first product of the first cross layer, null where there is none. */
    public @Nullable SplitLayer firstCross() {
        return firstCross;
    }

    /** The first deep layer, null where it does not take the input. */
    public @Nullable SplitLayer firstDeep() {
        return firstDeep;
    }
}
