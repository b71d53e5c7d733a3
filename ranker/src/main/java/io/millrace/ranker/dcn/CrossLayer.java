package io.millrace.ranker.dcn;

import io.millrace.ranker.model.DenseLayer;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A cross layer {@code y = x₀ ⊙ (W x + b) + x}; with a rank, {@code W = U Vᵀ} and the layer is two
 * products: {@code t = Vᵀ x}, which has no bias, then {@code U t + b}.
 *
 * <p>Threading: as {@link DenseLayer}.
 */
public final class CrossLayer {
    private final @Nullable DenseLayer projection;
    private final DenseLayer expansion;

    CrossLayer(int width, int rank) {
        this.projection = rank == 0 ? null : new DenseLayer(rank, width);
        this.expansion = new DenseLayer(width, rank == 0 ? width : rank);
    }

    /**
     * The product with Vᵀ.
     *
     * @return rank x width, its bias zero; null at full rank.
     */
    public @Nullable DenseLayer projection() {
        return projection;
    }

    /**
     * The product with U, or with W at full rank.
     *
     * @return width x rank, or width x width, and the bias.
     */
    public DenseLayer expansion() {
        return expansion;
    }

    /** The dense layers in the order of the forward pass. */
    List<DenseLayer> layers() {
        return projection == null ? List.of(expansion) : List.of(projection, expansion);
    }
}
