package io.millrace.server.funnel;

import io.millrace.ranker.rerank.RerankRules;

/**
 * How many candidates pass each stage.
 *
 * @param candidates retrieved for a request
 * @param breadth of the vector search
 * @param ranked of those the most that the full ranker scores; 0: all
 * @param rankedInHaste the same where the deadline leaves no time for that; 0: as many
 * @param maxK the most answers
 * @param maxExcluded the most items that a request excludes
 * @param maxEvents the most events that a request tells of
 */
record FunnelWidth(
        int candidates,
        SearchBreadth breadth,
        int ranked,
        int rankedInHaste,
        int maxK,
        int maxExcluded,
        int maxEvents) {

    /** The most neighbours ever searched for: what is excluded is searched for in addition. */
    int maxRetrieved() {
        return Math.min(candidates + maxExcluded + 1, RerankRules.LIMIT);
    }
}
