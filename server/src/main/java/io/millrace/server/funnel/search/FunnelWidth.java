package io.millrace.server.funnel.search;

import io.millrace.core.HotPath;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.FunnelConfig;
import io.millrace.server.config.ServerConfig.LimitsConfig;

/**
 * How many candidates pass each stage.
 *
 * @param candidates retrieved for a request
 * @param candidatesInHaste the same where the usual number is given up to answer in time
 * @param breadth of the vector search
 * @param ranked of those the most that the full ranker scores; 0: all
 * @param rankedInHaste the same where that depth is given up to answer in time; 0: as many
 * @param maxK the most answers
 * @param maxExcluded the most items that a request excludes
 * @param maxEvents the most events that a request tells of
 * @param maxCandidates the most candidates that a request brings
 */
public record FunnelWidth(
        int candidates,
        int candidatesInHaste,
        SearchBreadth breadth,
        int ranked,
        int rankedInHaste,
        int maxK,
        int maxExcluded,
        int maxEvents,
        int maxCandidates) {
    /** Candidates for each answer that rules can do with. */
    private static final int ENOUGH_FOR_ONE = 3;

    /**
     * The width of a funnel.
     *
     * @param breadth of the vector search
     */
    public static FunnelWidth of(ServerConfig config, SearchBreadth breadth) {
        FunnelConfig funnel = config.funnel();
        LimitsConfig limits = config.limits();
        return new FunnelWidth(
                config.mostCandidates(),
                funnel.candidatesInHaste(),
                breadth,
                funnel.ranked(),
                funnel.rankedInHaste(),
                limits.k(),
                limits.excluded(),
                limits.events(),
                limits.candidates());
    }

    /** How many candidates a request has that gives up some: enough for rules to choose from. */
    @HotPath
    public int candidatesInHaste(int k) {
        return Math.min(candidates, Math.max(candidatesInHaste, ENOUGH_FOR_ONE * k));
    }

    /** The most neighbours ever searched for: what is excluded is searched for in addition. */
    public int maxRetrieved() {
        return Math.min(candidates + maxExcluded + 1, RerankRules.LIMIT);
    }

    /** The most candidates ever scored for a request. */
    public int maxScored() {
        return Math.max(candidates, maxCandidates);
    }

    /** The most answers to any request: all that it brings may be wanted back. */
    public int maxAnswers() {
        return Math.max(maxK, maxCandidates);
    }
}
