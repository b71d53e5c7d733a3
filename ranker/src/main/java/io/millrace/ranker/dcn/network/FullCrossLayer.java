package io.millrace.ranker.dcn.network;

import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.LayerSource;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A cross layer whose weights are one square matrix.
 *
 * <p>Threading: as {@link DenseLayer}.
 */
public final class FullCrossLayer implements CrossLayer {
    private final DenseLayer weights;

    FullCrossLayer(LayerSource source, String name, int width) {
        this.weights = DcnNetwork.layer(source, name, width, width);
    }

    @Override
    public DenseLayer first() {
        return weights;
    }

    @Override
    public DenseLayer last() {
        return weights;
    }

    @Override
    public SequencedMap<String, DenseLayer> parts() {
        return new LinkedHashMap<>(Map.of("", weights));
    }
}
