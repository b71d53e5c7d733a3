package io.millrace.ranker.dcn.network;

import io.millrace.ranker.model.DenseLayer;
import io.millrace.ranker.model.LayerSource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A cross layer of DCN-Mix: low-rank experts, of which each row takes a mixture of its own (Wang et
 * al., DCN V2, section 3.3, with an inner product of each expert and softmax gates):
 *
 * <pre>
 *   y = Σₖ pₖ x₀ ⊙ (Uₖ tanh(Cₖ tanh(Vₖᵀ x)) + b) + x,    p = softmax(G x)
 * </pre>
 *
 * <p>The experts share x₀ and b, and the pₖ add up to one. So the sum over experts is one product
 * with all Uₖ side by side, of what the experts give, each times its pₖ; and what takes x, all Vₖᵀ
 * and G, is one product too.
 *
 * <p>Threading: as {@link DenseLayer}.
 */
public final class MixedCrossLayer implements CrossLayer {
    private static final String PROJECTION = ".v";
    private static final String INNER = ".c.";

    private final int rank;
    private final DenseLayer projection;
    private final List<DenseLayer> inner = new ArrayList<>();
    private final DenseLayer expansion;

    MixedCrossLayer(LayerSource source, String name, int width, int rank, int experts) {
        this.rank = rank;
        this.projection = DcnNetwork.layer(source, name + PROJECTION, experts * (rank + 1), width);
        for (int expert = 0; expert < experts; expert++) {
            inner.add(DcnNetwork.layer(source, name + INNER + expert, rank, rank));
        }
        this.expansion = DcnNetwork.layer(source, name, width, experts * rank);
    }

    /**
     * Rank of an expert.
     *
     * @return outputs of its Vᵀ.
     */
    public int rank() {
        return rank;
    }

    /** All Vₖᵀ, expert after expert, then the gates G: experts · (rank + 1) x width. */
    @Override
    public DenseLayer first() {
        return projection;
    }

    /**
     * The Cₖ.
     *
     * @return live weights of each expert, rank x rank; biases are zero.
     */
    public List<DenseLayer> inner() {
        return inner;
    }

    /** All Uₖ side by side, width x experts · rank, and the bias. */
    @Override
    public DenseLayer last() {
        return expansion;
    }

    @Override
    public SequencedMap<String, DenseLayer> parts() {
        SequencedMap<String, DenseLayer> parts = new LinkedHashMap<>();
        parts.put(PROJECTION, projection);
        for (int expert = 0; expert < inner.size(); expert++) {
            parts.put(INNER + expert, inner.get(expert));
        }
        parts.put("", expansion);
        return parts;
    }
}
