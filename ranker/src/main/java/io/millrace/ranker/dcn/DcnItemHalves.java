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
 * requests: {@code | first cross layer | first deep layer | zeros to 64 bytes |}, floats.
 *
 * <p>Threading: {@link #set} by one thread and before scorers read; then any. Ownership: close it
 * when no scorer is used any more.
 */
public final class DcnItemHalves implements AutoCloseable {
    private static final int LINE_BYTES = 64;

    private final DcnServing serving;
    private final int crossOutputs;
    private final int rowFloats;
    private final DirectMemory memory;
    private final float[] row;

    /**
     * Halves of no item yet.
     *
     * @param network the weights; must not change any more.
     * @param sharedWidth floats at the beginning of an input that are the request's.
     * @param items count of items.
     */
    public DcnItemHalves(DcnNetwork network, int sharedWidth, int items) {
        this.serving = new DcnServing(network, sharedWidth);
        this.crossOutputs = outputs(serving.firstCross());
        this.rowFloats = crossOutputs + outputs(serving.firstDeep());
        this.row = new float[rowFloats];
        this.memory = DirectMemory.allocate(items * rowBytes());
    }

    private static int outputs(@Nullable SplitLayer layer) {
        return layer == null ? 0 : layer.outputs();
    }

    /**
     * Computes the halves of an item.
     *
     * @param item which.
     * @param values its part of an input is among them.
     * @param at where that part begins.
     */
    public void set(int item, float[] values, int at) {
        int width = serving.network().width() - serving.sharedWidth();
        MatrixView own = MatrixView.of(values, at, width);
        multiply(serving.firstCross(), own, 0);
        multiply(serving.firstDeep(), own, crossOutputs);
        MemorySegment.copy(row, 0, segment(), ValueLayout.JAVA_FLOAT, item * rowBytes(), rowFloats);
    }

    private void multiply(@Nullable SplitLayer layer, MatrixView own, int column) {
        if (layer != null) {
            MatrixView target = MatrixView.of(row, column, layer.outputs());
            Kernels.matrix().multiplyPacked(own, 1, layer.own(), null, Activation.NONE, target);
        }
    }

    DcnServing serving() {
        return serving;
    }

    MemorySegment segment() {
        return memory.segment();
    }

    long rowBytes() {
        return Math.ceilDiv((long) Float.BYTES * rowFloats, LINE_BYTES) * LINE_BYTES;
    }

    /** Where the half of the first deep layer begins in a row. */
    long deepBytes() {
        return (long) Float.BYTES * crossOutputs;
    }

    @Override
    public void close() {
        memory.close();
    }
}
