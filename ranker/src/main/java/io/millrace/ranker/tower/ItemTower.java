package io.millrace.ranker.tower;

import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.ranker.features.RowTable;

import java.lang.foreign.MemorySegment;

/**
 * Embeds items, many at a time.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class ItemTower {
    private static final VectorKernels VECTORS = Kernels.vector();

    /** Items that go through the network at once. */
    public static final int BATCH = 128;

    private final TwoTowerModel model;
    private final float[] input;
    private final float[] output;
    private final MatrixView inputView;
    private final MatrixView hiddenView;
    private final MatrixView outputView;

    ItemTower(TwoTowerModel model) {
        TowerNetwork network = model.itemNetwork();
        this.model = model;
        this.input = new float[BATCH * network.inputs()];
        this.output = new float[BATCH * network.outputs()];
        this.inputView = MatrixView.of(input, 0, network.inputs());
        int width = network.hidden() + network.skip();
        this.hiddenView = MatrixView.of(new float[BATCH * width], 0, width);
        this.outputView = MatrixView.of(output, 0, network.outputs());
    }

    /**
     * Components of a vector.
     *
     * @return the dimension.
     */
    public int dimension() {
        return model.itemNetwork().outputs();
    }

    /**
     * Embeds an item.
     *
     * @param items memory of the item rows.
     * @param offset where the item's row begins, in bytes.
     * @param vector a unit vector, from element 0; zeros where the item has no direction.
     */
    public void embedInto(MemorySegment items, long offset, float[] vector) {
        model.gatherItem(items, offset, false, input, 0);
        model.itemNetwork().forward(inputView, 1, hiddenView, outputView);
        VECTORS.normalise(output, 0, dimension());
        System.arraycopy(output, 0, vector, 0, dimension());
    }

    /**
     * Embeds consecutive items.
     *
     * @param items rows of the items.
     * @param from first row.
     * @param count how many, at most {@link #BATCH}.
     * @param vectors unit vectors, one after the other.
     * @param at index of the first float.
     */
    public void embedInto(RowTable items, int from, int count, float[] vectors, int at) {
        int inputs = model.itemNetwork().inputs();
        for (int i = 0; i < count; i++) {
            model.gatherItem(items.segment(), items.offset(from + i), false, input, i * inputs);
        }
        model.itemNetwork().forward(inputView, count, hiddenView, outputView);
        int dimension = dimension();
        for (int i = 0; i < count; i++) {
            VECTORS.normalise(output, i * dimension, dimension);
        }
        System.arraycopy(output, 0, vectors, at, count * dimension);
    }
}
