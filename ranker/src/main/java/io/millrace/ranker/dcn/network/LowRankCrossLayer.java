package io.millrace.ranker.dcn.network;

import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.LayerSource;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A cross layer with {@code W = U Vᵀ}: two products, {@code t = Vᵀ x}, which has no bias, then
 * {@code U t + b}.
 *
 * <p>Threading: as {@link DenseLayer}.
 */
public final class LowRankCrossLayer implements CrossLayer {
    private static final String PROJECTION = ".v";

    private final DenseLayer projection;
    private final DenseLayer expansion;

    LowRankCrossLayer(LayerSource source, String name, int width, int rank) {
        this.projection = DcnNetwork.layer(source, name + PROJECTION, rank, width);
        this.expansion = DcnNetwork.layer(source, name, width, rank);
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
        parts.put(PROJECTION, projection);
        parts.put("", expansion);
        return parts;
    }
}
