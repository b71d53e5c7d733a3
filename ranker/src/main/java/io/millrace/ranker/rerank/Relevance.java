package io.millrace.ranker.rerank;

import io.millrace.core.HotPath;

/**
 * What a candidate is worth to a user: the ranker's probability, or what else a bundle has it
 * valued by, times a factor for its score in retrieval, {@code p · exp(weight · (score - best
 * score) / τ)}, with τ the temperature of what retrieves.
 *
 * <p>The ranker has only learnt from what was shown, and what was shown had been chosen; among
 * candidates that nobody would have shown it is not to be trusted alone. Retrieval has learnt which
 * items a user meets at all. The factor is at most 1, so a relevance is not above what the ranker
 * says.
 *
 * <p>Threading: stateless. Allocation: none.
 */
public final class Relevance {
    private Relevance() {}

    /**
     * Turns probabilities into relevance.
     *
     * @param probabilities of the candidates; replaced.
     * @param scores of the candidates, from the search.
     * @param count how many.
     * @param weight of retrieval, {@link RerankRules#retrievalWeight}.
     * @param temperature of what retrieves, above 0.
     */
    @HotPath
    public static void weigh(
            float[] probabilities, float[] scores, int count, float weight, float temperature) {
        float best = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            best = Math.max(best, scores[i]);
        }
        for (int i = 0; i < count; i++) {
            probabilities[i] *= (float) Math.exp(weight * (scores[i] - best) / temperature);
        }
    }
}
