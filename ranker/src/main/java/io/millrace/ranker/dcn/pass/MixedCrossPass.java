package io.millrace.ranker.dcn.pass;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Activation;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.ranker.dcn.network.MixedCrossLayer;

/**
 * Takes rows through a mixture of low-rank experts. A row of the scratch holds what the experts
 * project it to, {@code | expert 0 | expert 1 | … |}, and behind that the gates.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class MixedCrossPass implements CrossPass {
    private static final ElementKernels ELEMENTS = Kernels.element();

    private final int rank;
    private final int experts;
    private final int gatesAt;
    private final LayerProduct product;
    private final LayerProduct[] inner;
    private final LayerProduct expansion;
    private final float[] projected;
    private final float[] mixed;
    private final MatrixView projectedView;
    private final MatrixView[] mixedViews;

    MixedCrossPass(MixedCrossLayer layer, LayerProduct product, int maxRows) {
        this.rank = layer.rank();
        this.experts = layer.inner().size();
        this.gatesAt = experts * rank;
        this.product = product;
        this.projected = new float[maxRows * (gatesAt + experts)];
        this.mixed = new float[maxRows * gatesAt];
        this.projectedView = MatrixView.of(projected, 0, gatesAt + experts);
        this.inner = new LayerProduct[experts];
        this.mixedViews = new MatrixView[experts];
        MatrixView mixedView = MatrixView.of(mixed, 0, gatesAt);
        for (int expert = 0; expert < experts; expert++) {
            MatrixView part = projectedView.from(0, expert * rank);
            inner[expert] = PackedProduct.of(part, layer.inner().get(expert));
            mixedViews[expert] = mixedView.from(0, expert * rank);
        }
        this.expansion = PackedProduct.of(mixedView, layer.last());
    }

    @Override
    @HotPath
    public void run(int rows, MatrixView base, MatrixView previous, MatrixView next) {
        product.into(rows, Activation.NONE, projectedView);
        int stride = gatesAt + experts;
        for (int row = 0; row < rows; row++) {
            ELEMENTS.tangents(projected, row * stride, gatesAt);
        }
        for (int expert = 0; expert < experts; expert++) {
            inner[expert].into(rows, Activation.NONE, mixedViews[expert]);
        }
        ELEMENTS.tangents(mixed, 0, rows * gatesAt);
        for (int row = 0; row < rows; row++) {
            mix(row * gatesAt, row * stride + gatesAt);
        }
        expansion.crossInto(rows, base, previous, next);
    }

    /** Multiplies what each expert gave for a row by its share. */
    private void mix(int at, int gates) {
        float sum =
                ELEMENTS.exponentials(
                        projected, gates, experts, ELEMENTS.max(projected, gates, experts));
        for (int expert = 0; expert < experts; expert++) {
            ELEMENTS.scale(projected[gates + expert] / sum, mixed, at + expert * rank, rank);
        }
    }
}
