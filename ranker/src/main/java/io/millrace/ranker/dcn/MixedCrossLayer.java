package io.millrace.ranker.dcn;

import io.millrace.ranker.model.DenseLayer;

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
    private final int rank;
    private final DenseLayer projection;
    private final List<DenseLayer> inner = new ArrayList<>();
    private final DenseLayer expansion;

    MixedCrossLayer(int width, int rank, int experts) {
        this.rank = rank;
        this.projection = new DenseLayer(experts * (rank + 1), width);
        for (int expert = 0; expert < experts; expert++) {
            inner.add(new DenseLayer(rank, rank));
        }
        this.expansion = new DenseLayer(width, experts * rank);
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
        parts.put(".v", projection);
        for (int expert = 0; expert < inner.size(); expert++) {
            parts.put(".c." + expert, inner.get(expert));
        }
        parts.put("", expansion);
        return parts;
    }
}
