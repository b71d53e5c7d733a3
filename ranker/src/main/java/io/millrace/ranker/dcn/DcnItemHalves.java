package io.millrace.ranker.dcn;

import io.millrace.core.memory.DirectMemory;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What each item contributes to the layers that take the network's input, computed once for all
 * requests, behind the item's part of that input. Rows of floats:
 *
 * <pre>
 *   | item's part of x₀ | first cross layer | first deep layer | zeros to 64 bytes |
 * </pre>
 *
 * The part of x₀ is left out where no cross layer and no head takes it.
 *
 * <p>Threading: {@link #set} by any thread, each for items of its own, and before scorers read;
 * then any. Ownership: close it when no scorer is used any more.
 */
public final class DcnItemHalves implements AutoCloseable {
    private static final int LINE_FLOATS = 16;

    /** How far a half may be from another computation of it, relative to the larger of it and 1. */
    private static final float TOLERANCE = 1e-5f;

    private final DcnServing serving;
    private final int ownWidth;
    private final int partFloats;
    private final int crossOutputs;
    private final int deepOutputs;
    private final int rowFloats;
    private final MemorySegment rows;
    private final Runnable owner;

    /**
     * Halves of no item yet.
     *
     * @param network the weights; must not change any more.
     * @param sharedWidth floats at the beginning of an input that are the request's.
     * @param items count of items.
     */
    public DcnItemHalves(DcnNetwork network, int sharedWidth, int items) {
        this(
                new DcnServing(network, sharedWidth),
                DirectMemory.allocate(items * rowBytes(network, sharedWidth)));
    }

    private DcnItemHalves(DcnServing serving, DirectMemory memory) {
        this(serving, memory.segment(), memory::close);
    }

    /** Halves that were computed before; the owner of their memory is run when they are closed. */
    DcnItemHalves(DcnServing serving, MemorySegment rows, Runnable owner) {
        this.serving = serving;
        this.ownWidth = serving.network().width() - serving.sharedWidth();
        this.crossOutputs = outputs(serving.firstCross());
        this.deepOutputs = outputs(serving.firstDeep());
        this.partFloats = partFloats(serving.network(), serving.sharedWidth());
        this.rowFloats = rowFloats(partFloats + crossOutputs + deepOutputs);
        this.rows = rows;
        this.owner = owner;
    }

    private static int outputs(@Nullable SplitLayer layer) {
        return layer == null ? 0 : layer.outputs();
    }

    private static int partFloats(DcnNetwork network, int sharedWidth) {
        DcnShape shape = network.shape();
        boolean isTaken = shape.crossLayers() > 0 || shape.headTakesCross();
        return isTaken ? network.width() - sharedWidth : 0;
    }

    private static int rowFloats(int floats) {
        return Math.ceilDiv(floats, LINE_FLOATS) * LINE_FLOATS;
    }

    /**
     * Whether a network has a layer on its input, so that there is something to compute before.
     *
     * @param shape sizes of the network.
     * @return false for a linear model.
     */
    public static boolean isOfUseTo(DcnShape shape) {
        return shape.crossLayers() > 0 || shape.deepTakesInput();
    }

    /**
     * Memory of an item.
     *
     * @param network the weights.
     * @param sharedWidth floats at the beginning of an input that are the request's.
     * @return bytes, a multiple of 64.
     */
    public static long rowBytes(DcnNetwork network, int sharedWidth) {
        int cross = network.cross().isEmpty() ? 0 : network.cross().getFirst().first().outputs();
        int deep = network.shape().deepTakesInput() ? network.deep().getFirst().outputs() : 0;
        return (long) Float.BYTES * rowFloats(partFloats(network, sharedWidth) + cross + deep);
    }

    /**
     * Computes the halves of items.
     *
     * @param first the first of them.
     * @param count how many; their computation takes as many rows of memory.
     * @param parts their parts of an input, one behind the other.
     */
    public void set(int first, int count, float[] parts) {
        float[] computed = compute(count, parts);
        MemorySegment.copy(
                computed, 0, rows, ValueLayout.JAVA_FLOAT, first * rowBytes(), computed.length);
    }

    /**
     * Computes the halves of items from their feature rows.
     *
     * @param input how rows become the input.
     * @param itemRows memory of the item rows in the order of their ordinals.
     * @param itemRowBytes length of an item row.
     * @param first ordinal of the first item.
     * @param count how many; their computation takes as many rows of memory.
     */
    public void set(
            RankerInput input, MemorySegment itemRows, long itemRowBytes, int first, int count) {
        set(first, count, parts(input, itemRows, itemRowBytes, first, count));
    }

    /** Whether an item's halves are those that its feature row gives, but for rounding. */
    boolean isOf(RankerInput input, MemorySegment itemRows, long itemRowBytes, int item) {
        float[] expected = compute(1, parts(input, itemRows, itemRowBytes, item, 1));
        for (int i = 0; i < rowFloats; i++) {
            float actual =
                    rows.get(ValueLayout.JAVA_FLOAT, item * rowBytes() + (long) Float.BYTES * i);
            float most = TOLERANCE * Math.max(1, Math.abs(expected[i]));
            if (!(Math.abs(expected[i] - actual) <= most)) {
                return false;
            }
        }
        return true;
    }

    private float[] parts(
            RankerInput input, MemorySegment itemRows, long itemRowBytes, int first, int count) {
        float[] parts = new float[count * ownWidth];
        for (int i = 0; i < count; i++) {
            input.item().gatherInto(itemRows, (first + i) * itemRowBytes, parts, i * ownWidth);
        }
        return parts;
    }

    private float[] compute(int count, float[] parts) {
        float[] computed = new float[count * rowFloats];
        for (int i = 0; i < count; i++) {
            System.arraycopy(parts, i * ownWidth, computed, i * rowFloats, partFloats);
        }
        MatrixView own = MatrixView.of(parts, 0, ownWidth);
        MatrixView target = MatrixView.of(computed, partFloats, rowFloats);
        multiply(serving.firstCross(), own, count, target);
        multiply(serving.firstDeep(), own, count, target.from(0, crossOutputs));
        return computed;
    }

    private static void multiply(
            @Nullable SplitLayer layer, MatrixView own, int count, MatrixView target) {
        if (layer != null) {
            Kernels.matrix().multiplyPacked(own, count, layer.own(), null, Activation.NONE, target);
        }
    }

    /**
     * Memory of all items.
     *
     * @return bytes.
     */
    public long bytes() {
        return rows.byteSize();
    }

    DcnServing serving() {
        return serving;
    }

    MemorySegment segment() {
        return rows;
    }

    long rowBytes() {
        return (long) Float.BYTES * rowFloats;
    }

    /** Floats of the item's part of x₀ in a row, 0 where nothing takes it. */
    int partFloats() {
        return partFloats;
    }

    /** Floats of a row in each of its parts. */
    int[] sizes() {
        return new int[] {partFloats, crossOutputs, deepOutputs};
    }

    /** Where the half of the first cross layer begins in a row. */
    long crossBytes() {
        return (long) Float.BYTES * partFloats;
    }

    /** Where the half of the first deep layer begins in a row. */
    long deepBytes() {
        return (long) Float.BYTES * (partFloats + crossOutputs);
    }

    @Override
    public void close() {
        owner.run();
    }
}
