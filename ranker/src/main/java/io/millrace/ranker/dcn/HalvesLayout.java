package io.millrace.ranker.dcn;

/**
 * A row of {@link DcnItemHalves}: what an item contributes, one part behind the other.
 *
 * <pre>
 *   | item's part of x₀ | first cross layer | first deep layer | zeros to whole lines |
 * </pre>
 *
 * The part of x₀ is left out where no cross layer and no head takes it.
 *
 * @param type how the numbers are kept.
 * @param part numbers of the item's part of x₀, 0 where nothing takes it.
 * @param cross numbers of the half of the first cross layer, 0 where there is none.
 * @param deep numbers of the half of the first deep layer, 0 where it does not take the input.
 */
record HalvesLayout(HalvesType type, int part, int cross, int deep) {
    /** The row of a network whose inputs begin with so many floats of the request. */
    static HalvesLayout of(DcnNetwork network, int sharedWidth, HalvesType type) {
        DcnShape shape = network.shape();
        boolean isPartTaken = shape.crossLayers() > 0 || shape.headTakesCross();
        return new HalvesLayout(
                type,
                isPartTaken ? network.width() - sharedWidth : 0,
                network.cross().isEmpty() ? 0 : network.cross().getFirst().first().outputs(),
                shape.deepTakesInput() ? network.deep().getFirst().outputs() : 0);
    }

    /** Numbers of a row, with the zeros at its end. */
    int numbers() {
        return type.wholeLines(part + cross + deep);
    }

    /** Memory of a row, a multiple of 64. */
    long rowBytes() {
        return type.rowBytes(numbers());
    }

    /** Index of the first number of the half of the first cross layer. */
    int crossAt() {
        return part;
    }

    /** Index of the first number of the half of the first deep layer. */
    int deepAt() {
        return part + cross;
    }

    /** Numbers of each part, as files have them. */
    int[] sizes() {
        return new int[] {part, cross, deep};
    }
}
