package io.millrace.data.bundle;

import io.millrace.core.error.MillraceException;
import io.millrace.data.train.collaborative.AlsPlan;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.graph.RowType;

import org.jspecify.annotations.Nullable;

/**
 * How a bundle is built.
 *
 * @param threads how many threads embed and build; the bundle does not depend on it.
 * @param maxConnections links of a node on each upper level of the graph.
 * @param efConstruction how many candidates are looked at for the links of a node.
 * @param seed decides levels and order of insertion.
 * @param layout what searches of the graph read.
 * @param codeBits bits per dimension of the codes of an INLINED layout.
 * @param factors how the factors are learnt that items are retrieved by; null to retrieve by the
 *     towers.
 * @param goal recall that searches are to reach, for which the graph is measured; null for none.
 * @param itemHalves whether what each item contributes to the ranker's first layers is computed now
 *     and put into the bundle, and how its numbers are kept.
 * @param replace whether a folder that is there already may be replaced.
 */
public record BuildPlan(
        int threads,
        int maxConnections,
        int efConstruction,
        long seed,
        GraphLayout layout,
        int codeBits,
        @Nullable AlsPlan factors,
        @Nullable RecallGoal goal,
        HalvesChoice itemHalves,
        boolean replace) {
    /** Validates what the index builder does not. */
    public BuildPlan {
        if (threads < 1) {
            throw MillraceException.usage(
                    "bundle cannot be built so: threads=%d, least=1; change threads", threads);
        }
    }

    /**
     * 16 connections, 200 candidates, seed 1, a thread per processor, plain rows (codes of one bit
     * where others are asked for), the towers' vectors, no recall to reach, halves of the items in
     * bfloat16 where they are not too large.
     *
     * @return the plan.
     */
    public static BuildPlan defaults() {
        HnswParameters graph = HnswParameters.defaults(Metric.COSINE);
        return new BuildPlan(
                graph.threads(),
                graph.maxConnections(),
                graph.efConstruction(),
                graph.seed(),
                GraphLayout.F32,
                graph.codeBits(),
                null,
                null,
                HalvesChoice.AUTO,
                false);
    }

    /**
     * How the graph is built.
     *
     * @param metric how the vectors are compared.
     * @return the parameters.
     */
    HnswParameters graphParameters(Metric metric) {
        return new HnswParameters(
                metric,
                maxConnections,
                efConstruction,
                seed,
                threads,
                layout,
                codeBits,
                RowType.F32);
    }

    /**
     * The same with another number of threads.
     *
     * @param value how many threads.
     * @return a copy.
     */
    public BuildPlan withThreads(int value) {
        return new BuildPlan(
                value,
                maxConnections,
                efConstruction,
                seed,
                layout,
                codeBits,
                factors,
                goal,
                itemHalves,
                replace);
    }

    /**
     * The same with another number of connections.
     *
     * @param value links of a node on each upper level.
     * @return a copy.
     */
    public BuildPlan withMaxConnections(int value) {
        return new BuildPlan(
                threads,
                value,
                efConstruction,
                seed,
                layout,
                codeBits,
                factors,
                goal,
                itemHalves,
                replace);
    }

    /**
     * The same with another number of candidates.
     *
     * @param value how many candidates are looked at.
     * @return a copy.
     */
    public BuildPlan withEfConstruction(int value) {
        return new BuildPlan(
                threads,
                maxConnections,
                value,
                seed,
                layout,
                codeBits,
                factors,
                goal,
                itemHalves,
                replace);
    }

    /**
     * The same with another seed.
     *
     * @param value any value.
     * @return a copy.
     */
    public BuildPlan withSeed(long value) {
        return new BuildPlan(
                threads,
                maxConnections,
                efConstruction,
                value,
                layout,
                codeBits,
                factors,
                goal,
                itemHalves,
                replace);
    }

    /**
     * The same with another layout.
     *
     * @param value what searches of the graph read.
     * @return a copy.
     */
    public BuildPlan withLayout(GraphLayout value) {
        return new BuildPlan(
                threads,
                maxConnections,
                efConstruction,
                seed,
                value,
                codeBits,
                factors,
                goal,
                itemHalves,
                replace);
    }

    /**
     * The same with another number of bits.
     *
     * @param value bits per dimension of the codes of an INLINED layout.
     * @return a copy.
     */
    public BuildPlan withCodeBits(int value) {
        return new BuildPlan(
                threads,
                maxConnections,
                efConstruction,
                seed,
                layout,
                value,
                factors,
                goal,
                itemHalves,
                replace);
    }

    /**
     * The same with another way of retrieval.
     *
     * @param value how factors are learnt, or null to retrieve by the towers.
     * @return a copy.
     */
    public BuildPlan withFactors(@Nullable AlsPlan value) {
        return new BuildPlan(
                threads,
                maxConnections,
                efConstruction,
                seed,
                layout,
                codeBits,
                value,
                goal,
                itemHalves,
                replace);
    }

    /**
     * The same with another recall to reach.
     *
     * @param value what is wanted, or null for none.
     * @return a copy.
     */
    public BuildPlan withGoal(@Nullable RecallGoal value) {
        return new BuildPlan(
                threads,
                maxConnections,
                efConstruction,
                seed,
                layout,
                codeBits,
                factors,
                value,
                itemHalves,
                replace);
    }

    /**
     * The same with other halves of the items.
     *
     * @param value whether they are put into the bundle, and how.
     * @return a copy.
     */
    public BuildPlan withItemHalves(HalvesChoice value) {
        return new BuildPlan(
                threads,
                maxConnections,
                efConstruction,
                seed,
                layout,
                codeBits,
                factors,
                goal,
                value,
                replace);
    }

    /**
     * The same, with or without leave to replace a folder.
     *
     * @param value whether a folder that is there already may be replaced.
     * @return a copy.
     */
    public BuildPlan withReplace(boolean value) {
        return new BuildPlan(
                threads,
                maxConnections,
                efConstruction,
                seed,
                layout,
                codeBits,
                factors,
                goal,
                itemHalves,
                value);
    }
}
