package io.millrace.data.eval;

import io.millrace.core.error.MillraceException;
import io.millrace.data.retrieve.Retriever;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Set;

/**
 * What is measured, and on how much.
 *
 * @param threads how many threads; figures do not depend on it.
 * @param retrieved how many items serving retrieves, k of the index recall.
 * @param efSearch how many candidates the index keeps on the way in serving.
 * @param maxPairs most users times items that are scored for retrieval; more users than fit are
 *     left out, evenly.
 * @param maxImpressions most held-out impressions the ranker scores; more are left out, evenly.
 * @param withBaselines whether baselines are measured beside.
 * @param models folder of the models that the bundle was built from, to measure their rankers
 *     beside those of the bundle; null to leave them.
 * @param retrievers which ways of retrieval are measured beside that of the bundle.
 * @param seed decides the order of logistic regression and the first factors.
 */
public record EvaluationPlan(
        int threads,
        int retrieved,
        int efSearch,
        long maxPairs,
        int maxImpressions,
        boolean withBaselines,
        @Nullable Path models,
        Set<Retriever> retrievers,
        long seed) {
    /** Validates. */
    public EvaluationPlan {
        retrievers = Set.copyOf(retrievers);
        check("threads", threads);
        check("retrieved", retrieved);
        check("efSearch", efSearch);
        check("maxPairs", maxPairs);
        check("maxImpressions", maxImpressions);
    }

    /**
     * 500 items with 625 candidates, 200 million pairs, 200,000 impressions, baselines, no
     * retriever but that of the bundle, seed 1, a thread per processor.
     *
     * @return the plan.
     */
    public static EvaluationPlan defaults() {
        return new EvaluationPlan(
                Runtime.getRuntime().availableProcessors(),
                500,
                625,
                200_000_000,
                200_000,
                true,
                null,
                Set.of(),
                1);
    }

    /**
     * The same with another number of threads.
     *
     * @param value how many threads.
     * @return a copy.
     */
    public EvaluationPlan withThreads(int value) {
        return new EvaluationPlan(
                value,
                retrieved,
                efSearch,
                maxPairs,
                maxImpressions,
                withBaselines,
                models,
                retrievers,
                seed);
    }

    /**
     * The same with the numbers of another server.
     *
     * @param items how many items it retrieves.
     * @param ef how many candidates its index keeps on the way.
     * @return a copy.
     */
    public EvaluationPlan withServing(int items, int ef) {
        return new EvaluationPlan(
                threads,
                items,
                ef,
                maxPairs,
                maxImpressions,
                withBaselines,
                models,
                retrievers,
                seed);
    }

    /**
     * The same with other limits.
     *
     * @param pairs most users times items.
     * @param impressions most held-out impressions.
     * @return a copy.
     */
    public EvaluationPlan withLimits(long pairs, int impressions) {
        return new EvaluationPlan(
                threads,
                retrieved,
                efSearch,
                pairs,
                impressions,
                withBaselines,
                models,
                retrievers,
                seed);
    }

    /**
     * The same with or without baselines.
     *
     * @param value whether baselines are measured beside.
     * @return a copy.
     */
    public EvaluationPlan withBaselines(boolean value) {
        return new EvaluationPlan(
                threads,
                retrieved,
                efSearch,
                maxPairs,
                maxImpressions,
                value,
                models,
                retrievers,
                seed);
    }

    /**
     * The same with the models that the bundle was built from.
     *
     * @param value their folder, or null to leave them.
     * @return a copy.
     */
    public EvaluationPlan withModels(@Nullable Path value) {
        return new EvaluationPlan(
                threads,
                retrieved,
                efSearch,
                maxPairs,
                maxImpressions,
                withBaselines,
                value,
                retrievers,
                seed);
    }

    /**
     * The same with other ways of retrieval beside that of the bundle.
     *
     * @param value which ways.
     * @return a copy.
     */
    public EvaluationPlan withRetrievers(Set<Retriever> value) {
        return new EvaluationPlan(
                threads,
                retrieved,
                efSearch,
                maxPairs,
                maxImpressions,
                withBaselines,
                models,
                value,
                seed);
    }

    private static void check(String name, long value) {
        if (value < 1) {
            throw MillraceException.usage(
                    "evaluation cannot be done so: %s=%d, least=1; change %s", name, value, name);
        }
    }
}
