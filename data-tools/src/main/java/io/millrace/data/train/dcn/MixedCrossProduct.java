package io.millrace.data.train.dcn;

import io.millrace.core.simd.Activation;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.MatrixKernels;
import io.millrace.core.simd.MatrixView;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.train.optimise.DenseTrainer;
import io.millrace.ranker.dcn.network.MixedCrossLayer;
import io.millrace.ranker.model.DenseLayer;

import java.util.ArrayList;
import java.util.List;

/**
 * The mixture of low-rank experts of {@link MixedCrossLayer}: {@code tₖ = tanh(Vₖᵀ x)}, {@code cₖ =
 * tanh(Cₖ tₖ)}, {@code p = softmax(G x)}, {@code mₖ = pₖ cₖ}, {@code u = U m + b}.
 *
 * <p>Backwards {@code dm = du U}, and of each expert {@code dcₖ = pₖ dmₖ} and {@code dpₖ = ⟨dmₖ,
 * cₖ⟩}. Through the softmax that is {@code dgₖ = pₖ (dpₖ - Σⱼ pⱼ dpⱼ)}, through a tanh of the value
 * v it is {@code 1 - v²} times as much.
 *
 * <p>Threading: as {@link CrossProduct}.
 */
final class MixedCrossProduct implements CrossProduct {
    private static final MatrixKernels MATRICES = Kernels.matrix();
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();

    private final int rank;
    private final int experts;

    /** Where the gates stand behind what the experts project to. */
    private final int gatesAt;

    private final int stride;
    private final DenseTrainer projection;
    private final List<DenseTrainer> inner = new ArrayList<>();
    private final DenseTrainer expansion;

    /** By row: t of all experts, then p. */
    private final float[] projected;

    private final float[] projectedGradients;

    /** By row: c of all experts. */
    private final float[] given;

    private final float[] givenGradients;

    /** By row: m of all experts. */
    private final float[] mixed;

    MixedCrossProduct(MixedCrossLayer layer, int batch) {
        this.rank = layer.rank();
        this.experts = layer.inner().size();
        this.gatesAt = experts * rank;
        this.stride = gatesAt + experts;
        this.projection = new DenseTrainer(layer.first(), false);
        for (DenseLayer each : layer.inner()) {
            inner.add(new DenseTrainer(each, false));
        }
        this.expansion = new DenseTrainer(layer.last(), true);
        this.projected = new float[batch * stride];
        this.projectedGradients = new float[batch * stride];
        this.given = new float[batch * gatesAt];
        this.givenGradients = new float[batch * gatesAt];
        this.mixed = new float[batch * gatesAt];
    }

    @Override
    public void forward(MatrixView x, int from, int count, MatrixView u) {
        DenseLayer down = projection.layer();
        DenseLayer up = expansion.layer();
        MatrixView t = MatrixView.of(projected, from * stride, stride);
        MatrixView c = MatrixView.of(given, from * gatesAt, gatesAt);
        MATRICES.multiplyPacked(x, count, down.packed(), down.bias(), Activation.NONE, t);
        for (int row = from; row < from + count; row++) {
            ELEMENTS.tangents(projected, row * stride, gatesAt);
            softmax(row * stride + gatesAt);
        }
        for (int expert = 0; expert < experts; expert++) {
            DenseLayer each = inner.get(expert).layer();
            MATRICES.multiplyPacked(
                    t.from(0, expert * rank),
                    count,
                    each.packed(),
                    each.bias(),
                    Activation.NONE,
                    c.from(0, expert * rank));
        }
        ELEMENTS.tangents(given, from * gatesAt, count * gatesAt);
        for (int row = from; row < from + count; row++) {
            for (int i = 0; i < gatesAt; i++) {
                float share = projected[row * stride + gatesAt + i / rank];
                mixed[row * gatesAt + i] = share * given[row * gatesAt + i];
            }
        }
        MatrixView m = MatrixView.of(mixed, from * gatesAt, gatesAt);
        MATRICES.multiplyPacked(m, count, up.packed(), up.bias(), Activation.NONE, u);
    }

    private void softmax(int at) {
        float largest = ELEMENTS.max(projected, at, experts);
        float sum = ELEMENTS.exponentials(projected, at, experts, largest);
        ELEMENTS.scale(1 / sum, projected, at, experts);
    }

    @Override
    public void backward(MatrixView du, int from, int count, MatrixView dx) {
        DenseLayer down = projection.layer();
        DenseLayer up = expansion.layer();
        MatrixView dc = MatrixView.of(givenGradients, from * gatesAt, gatesAt);
        MatrixView dt = MatrixView.of(projectedGradients, from * stride, stride);
        MATRICES.multiply(du, up.view(), dc, count, gatesAt, up.outputs(), false);
        for (int row = from; row < from + count; row++) {
            throughGates(row);
            throughTangents(given, givenGradients, row * gatesAt);
        }
        for (int expert = 0; expert < experts; expert++) {
            MATRICES.multiply(
                    dc.from(0, expert * rank),
                    inner.get(expert).layer().view(),
                    dt.from(0, expert * rank),
                    count,
                    rank,
                    rank,
                    false);
        }
        for (int row = from; row < from + count; row++) {
            throughTangents(projected, projectedGradients, row * stride);
        }
        MATRICES.multiply(dt, down.view(), dx, count, down.inputs(), down.outputs(), true);
    }

    /** From dm, which becomes dc, to dg. */
    private void throughGates(int row) {
        int at = row * gatesAt;
        int gates = row * stride + gatesAt;
        float meanPull = 0;
        for (int expert = 0; expert < experts; expert++) {
            int first = at + expert * rank;
            float pull = VECTORS.dot(givenGradients, first, given, first, rank);
            float share = projected[gates + expert];
            projectedGradients[gates + expert] = pull;
            meanPull += share * pull;
            ELEMENTS.scale(share, givenGradients, first, rank);
        }
        for (int expert = 0; expert < experts; expert++) {
            float pull = projectedGradients[gates + expert];
            projectedGradients[gates + expert] = projected[gates + expert] * (pull - meanPull);
        }
    }

    /** From gradients of what a row's tanh gave to those of what it took. */
    private void throughTangents(float[] values, float[] gradients, int at) {
        for (int i = 0; i < gatesAt; i++) {
            float value = values[at + i];
            gradients[at + i] *= 1 - value * value;
        }
    }

    @Override
    public void addTo(WeightParts parts, MatrixView du, MatrixView x) {
        parts.add(expansion, du, MatrixView.of(mixed, 0, gatesAt));
        for (int expert = 0; expert < experts; expert++) {
            parts.add(
                    inner.get(expert),
                    MatrixView.of(givenGradients, expert * rank, gatesAt),
                    MatrixView.of(projected, expert * rank, stride));
        }
        parts.add(projection, MatrixView.of(projectedGradients, 0, stride), x);
    }

    @Override
    public List<DenseTrainer> trainers() {
        List<DenseTrainer> trainers = new ArrayList<>();
        trainers.add(projection);
        trainers.addAll(inner);
        trainers.add(expansion);
        return trainers;
    }
}
