package io.millrace.index.graph;

import io.millrace.core.error.MillraceException;
import io.millrace.core.simd.CompactKernels;

import org.jspecify.annotations.Nullable;

/**
 * How a row lies in memory. Its numbers are padded with zeros to whole lines of 64 bytes, as {@link
 * RowType} packs them. Behind INT8 comes a line with the scale. Where rows of few bits have a
 * {@link Lift}, that line, or one more behind BF16, also holds the part of the lift:
 *
 * <pre>
 *   0        the numbers without the part: dimension of them, one less where the lift is the last
 *            number; zeros up to a multiple of 64 bytes
 *   next     INT8 alone: float32 scale
 *   next     float32 what decoded numbers lack of the part
 *   next     float32 what decoded numbers have of it, which is little
 *   next     zeros up to the next multiple of 64 bytes
 * </pre>
 *
 * @param dimension numbers per row.
 * @param type how they are kept.
 * @param lift how rows were brought to one length, or null where they were not.
 */
public record RowLayout(int dimension, RowType type, @Nullable Lift lift) {
    private static final int LARGEST_DIMENSION = 65_536;
    private static final int LINE_FLOATS = CompactKernels.LINE_BYTES / Float.BYTES;

    /** Refuses dimensions that no row can have. */
    public RowLayout {
        if (!isDimension(dimension)) {
            throw MillraceException.badInput(
                    "no such rows: dimension=%d, least=1, limit=%d; reduce the vectors first",
                    dimension, LARGEST_DIMENSION);
        }
    }

    /**
     * Whether rows can have so many numbers.
     *
     * @param dimension any number.
     * @return true from 1 to 65,536.
     */
    public static boolean isDimension(int dimension) {
        return dimension >= 1 && dimension <= LARGEST_DIMENSION;
    }

    /**
     * Rows of float32.
     *
     * @param dimension numbers per row.
     * @return the layout.
     */
    public static RowLayout floats(int dimension) {
        return new RowLayout(dimension, RowType.F32, null);
    }

    /**
     * Numbers per row as arrays hold them, with zeros behind.
     *
     * @return a multiple of 16.
     */
    public int paddedDimension() {
        return Math.max(numbers(), Math.ceilDiv(dimension, LINE_FLOATS) * LINE_FLOATS);
    }

    /**
     * Memory of a row, all that belongs to it included.
     *
     * @return a multiple of 64 bytes.
     */
    public long rowBytes() {
        boolean hasLineForLift = liftApart() != null && type == RowType.BF16;
        return numberBytes() + (hasLineForLift ? CompactKernels.LINE_BYTES : 0);
    }

    /** Numbers in whole lines, with zeros; without one that is all lift and kept apart. */
    int numbers() {
        CompactKernels kernels = type.kernels();
        int lineNumbers = kernels == null ? LINE_FLOATS : kernels.lineNumbers();
        Lift apart = liftApart();
        int own = apart != null && apart.isLastNumber() ? dimension - 1 : dimension;
        return Math.ceilDiv(own, lineNumbers) * lineNumbers;
    }

    /** The lift whose part is kept as float32 of its own. */
    @Nullable Lift liftApart() {
        return type == RowType.F32 ? null : lift;
    }

    /** Where the part of the lift stands. */
    long liftOffset() {
        return type == RowType.INT8
                ? numberBytes() - CompactKernels.LINE_BYTES + Float.BYTES
                : numberBytes();
    }

    /** Memory of the numbers and their scale. */
    private long numberBytes() {
        CompactKernels kernels = type.kernels();
        return kernels == null ? (long) numbers() * Float.BYTES : kernels.rowBytes(numbers());
    }
}
