package io.millrace.ranker.dcn.halves;

import io.millrace.core.simd.CompactKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@link DcnItemHalves}: what an item contributes, one part behind the other.
 *
 * <pre>
 *   | item's part of x₀ | first cross layer | first deep layer | zeros to whole lines |
 * </pre>
 *
 * The part of x₀ is left out where no cross layer and no head takes it, and nothing follows it in
 * an input. What follows it is zero here: requests write it.
 *
 * @param type how the numbers are kept.
 * @param part numbers of the item's part of x₀, 0 where nothing takes it.
 * @param cross numbers of the half of the first cross layer, 0 where there is none.
 * @param deep numbers of the half of the first deep layer, 0 where it does not take the input.
 */
public record HalvesLayout(WeightType type, int part, int cross, int deep) {
    private static final int LINE_FLOATS = 16;

    /** The row of a network made ready for requests. */
    public static HalvesLayout of(DcnServing serving, WeightType type) {
        DcnNetwork network = serving.network();
        DcnShape shape = network.shape();
        // What follows the item's part may hang on that part, as attention does.
        boolean isPartTaken =
                shape.crossLayers() > 0
                        || shape.headTakesCross()
                        || serving.ownEnd() < network.width();
        return new HalvesLayout(
                type,
                isPartTaken ? network.width() - serving.sharedWidth() : 0,
                network.cross().isEmpty() ? 0 : network.cross().getFirst().first().outputs(),
                shape.deepTakesInput() ? network.deep().getFirst().outputs() : 0);
    }

    /** What reads and writes rows; null for float32. */
    public @Nullable CompactKernels kernels() {
        return switch (type) {
            case F32 -> null;
            case BF16 -> Kernels.bfloat16();
            case INT8 -> Kernels.int8();
        };
    }

    /** Numbers of a row, with the zeros that fill it up to whole lines of 64 bytes. */
    int numbers() {
        CompactKernels kernels = kernels();
        int lineNumbers = kernels == null ? LINE_FLOATS : kernels.lineNumbers();
        return Math.ceilDiv(part + cross + deep, lineNumbers) * lineNumbers;
    }

    /** Memory of a row, a multiple of 64. */
    public long rowBytes() {
        CompactKernels kernels = kernels();
        return kernels == null ? (long) Float.BYTES * numbers() : kernels.rowBytes(numbers());
    }

    /** Index of the first number of the half of the first cross layer. */
    public int crossAt() {
        return part;
    }

    /** Index of the first number of the half of the first deep layer. */
    public int deepAt() {
        return part + cross;
    }

    /** Numbers of each part, as files have them. */
    public int[] sizes() {
        return new int[] {part, cross, deep};
    }
}
