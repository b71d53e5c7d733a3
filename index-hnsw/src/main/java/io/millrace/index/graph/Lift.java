package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;

/**
 * The direction in which rows were made longer, so that all of them have length 1. The part of a
 * short row in this direction is so large that rounding it costs more than the rest is worth, and
 * of a scale with 127 steps it leaves nothing to the rest. So rows of few bits keep it apart
 * ({@link RowLayout}), as it must be for the length of what is left of the rest: searches by codes
 * count on one length.
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
public final class Lift {
    private static final VectorKernels KERNELS = Kernels.vector();

    private final float[] direction;
    private final boolean isLastNumber;

    /**
     * A direction.
     *
     * @param direction of length 1, not copied.
     */
    public Lift(float[] direction) {
        this.direction = direction;
        isLastNumber = direction[direction.length - 1] == 1;
    }

    /** Whether the part is the last number of a row, and no other number has any of it. */
    boolean isLastNumber() {
        return isLastNumber;
    }

    /** The part of a row in this direction. */
    @HotPath
    float partOf(float[] row) {
        return KERNELS.dot(row, 0, direction, 0, direction.length);
    }

    /**
     * The part that brings a row to length 1 in place of what it has of it; 0 where it is longer.
     */
    float partBeside(float[] row) {
        float own = partOf(row);
        float square = KERNELS.dot(row, 0, row, 0, direction.length);
        return (float) Math.sqrt(Math.max(0, 1 - ((double) square - (double) own * own)));
    }

    /** Adds a part to a row. */
    @HotPath
    void add(float part, float[] row) {
        KERNELS.addScaled(part, direction, 0, row, 0, direction.length);
    }
}
