package io.millrace.ranker.dcn;

import io.millrace.ranker.model.DenseLayer;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A cross layer with {@code W = U Vᵀ}: two products, {@code t = Vᵀ x}, which has no bias, then
 * {@code U t + b}.
 *
 * <p>Threading: as {@link DenseLayer}.
 */
public final class LowRankCrossLayer implements CrossLayer {
    private final DenseLayer projection;
    private final DenseLayer expansion;

    LowRankCrossLayer(int width, int rank) {
        this.projection = new DenseLayer(rank, width);
        this.expansion = new DenseLayer(width, rank);
    }

    /** The product with Vᵀ, rank x width; its bias is zero. */
    @Override
    public DenseLayer first() {
        return projection;
    }

    /** The product with U, width x rank, and the bias. */
    @Override
    public DenseLayer last() {
        return expansion;
    }

    @Override
    public SequencedMap<String, DenseLayer> parts() {
        SequencedMap<String, DenseLayer> parts = new LinkedHashMap<>();
        parts.put(".v", projection);
        parts.put("", expansion);
        return parts;
    }
}
