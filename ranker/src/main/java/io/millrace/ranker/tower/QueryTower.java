package io.millrace.ranker.tower;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;

import java.lang.foreign.MemorySegment;

/**
 * Embeds users.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class QueryTower {
    private static final VectorKernels VECTORS = Kernels.vector();

    private final TwoTowerModel model;
    private final float[] input;
    private final float[] output;
    private final MatrixView inputView;
    private final MatrixView hiddenView;
    private final MatrixView outputView;

    QueryTower(TwoTowerModel model) {
        TowerNetwork network = model.queryNetwork();
        this.model = model;
        this.input = new float[network.inputs()];
        this.output = new float[network.outputs()];
        this.inputView = MatrixView.of(input, 0, network.inputs());
        int width = network.hidden() + network.skip();
        this.hiddenView = MatrixView.of(new float[width], 0, width);
        this.outputView = MatrixView.of(output, 0, network.outputs());
    }

    /**
     * Components of a vector.
     *
     * @return the dimension.
     */
    public int dimension() {
        return output.length;
    }

    /**
     * Embeds a user.
     *
     * @param userRows memory of user rows.
     * @param offset where the user's row begins, in bytes.
     * @param vector the unit vector; zeros for a user the tower has nothing to say of.
     */
    @HotPath
    public void embedInto(MemorySegment userRows, long offset, float[] vector) {
        HistoryInput history = model.history();
        history.gatherInto(userRows, offset, input, 0);
        model.userInput().gatherInto(userRows, offset, input, history.width());
        model.queryNetwork().forward(inputView, 1, hiddenView, outputView);
        VECTORS.normalise(output, 0, output.length);
        System.arraycopy(output, 0, vector, 0, output.length);
    }
}
