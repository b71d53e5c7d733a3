package io.millrace.data.eval;

import io.millrace.core.metrics.Figures;

/**
 * How good the ten items are that users were served, beside other ways to choose ten.
 *
 * @param truth {@code hidden preference} or {@code held-out clicks}.
 * @param users how many users could be judged.
 * @param ndcg10 of the served answers.
 * @param popularity of the most popular items.
 * @param random of items at random, its expectation.
 * @param retrievalOnly of the order of the towers, without ranker and rules.
 */
public record TenReport(
        String truth,
        int users,
        double ndcg10,
        double popularity,
        double random,
        double retrievalOnly) {

    /**
     * The figures of the judge.
     *
     * @return flat keys and their values.
     */
    public Figures figures() {
        return new Figures()
                .put("ndcg10", ndcg10)
                .put("ndcg10.popularity", popularity)
                .put("ndcg10.random", random)
                .put("ndcg10.retrieval_only", retrievalOnly)
                .put("ndcg10.users", users)
                .put("ndcg10.truth", truth);
    }
}
