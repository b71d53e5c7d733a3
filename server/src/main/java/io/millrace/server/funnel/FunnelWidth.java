package io.millrace.server.funnel;

import io.millrace.ranker.rerank.RerankRules;
import io.millrace.server.config.ServerConfig.FunnelConfig;
import io.millrace.server.config.ServerConfig.LimitsConfig;

/**
 * How many candidates pass each stage.
 *
 * @param candidates retrieved for a request, and ranked
 * @param efSearch breadth of the vector search for so many
 * @param maxK the most answers
 * @param maxExcluded the most items that a request excludes
 */
record FunnelWidth(int candidates, int efSearch, int maxK, int maxExcluded) {
    /** The breadth that finds {@code k} neighbours well, where nothing else is said. */
    private static final double BREADTH_PER_NEIGHBOUR = 1.25;

    /** Below this the search is so quick that more breadth costs nothing. */
    private static final int LEAST_BREADTH = 100;

    static FunnelWidth of(FunnelConfig funnel, LimitsConfig limits) {
        int candidates = Math.max(funnel.candidates(), limits.k());
        int efSearch = funnel.efSearch() > 0 ? funnel.efSearch() : breadth(candidates);
        return new FunnelWidth(candidates, efSearch, limits.k(), limits.excluded());
    }

    private static int breadth(int k) {
        return Math.max(LEAST_BREADTH, (int) (k * BREADTH_PER_NEIGHBOUR));
    }

    /** The most neighbours ever searched for: what is excluded is searched for in addition. */
    int maxRetrieved() {
        return Math.min(candidates + maxExcluded + 1, RerankRules.LIMIT);
    }

    int maxEfSearch() {
        return Math.max(efSearch, breadth(maxRetrieved()));
    }

    /** Breadth of a search for {@code k} neighbours. */
    int efSearchFor(int k) {
        return k >= candidates ? Math.max(efSearch, k) : Math.min(efSearch, breadth(k));
    }
}
