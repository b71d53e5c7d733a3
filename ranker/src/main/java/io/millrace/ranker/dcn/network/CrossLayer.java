package io.millrace.ranker.dcn.network;

import io.millrace.ranker.model.DenseLayer;

import java.util.SequencedMap;

/**
 * Weights of a cross layer {@code y = x₀ ⊙ (W x + b) + x}, in one of its three forms.
 *
 * <p>Threading: as {@link DenseLayer}.
 */
public sealed interface CrossLayer permits FullCrossLayer, LowRankCrossLayer, MixedCrossLayer {
    /**
     * What takes the layer's input.
     *
     * @return live weights, as many inputs as the layer is wide.
     */
    DenseLayer first();

    /**
     * What comes last and has the bias {@code b}.
     *
     * @return live weights, as many outputs as the layer is wide.
     */
    DenseLayer last();

    /**
     * All dense layers in the order of the forward pass.
     *
     * @return live weights by what files append to the layer's name.
     */
    SequencedMap<String, DenseLayer> parts();
}
