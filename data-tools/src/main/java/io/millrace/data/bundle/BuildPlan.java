package io.millrace.data.bundle;

import io.millrace.core.error.MillraceException;

/**
 * How a bundle is built.
 *
 * @param threads how many threads embed and build; the bundle does not depend on it.
 * @param maxConnections links of a node on each upper level of the graph.
 * @param efConstruction how many candidates are looked at for the links of a node.
 * @param seed decides levels and order of insertion.
 * @param replace whether a folder that is there already may be replaced.
 */
public record BuildPlan(
        int threads, int maxConnections, int efConstruction, long seed, boolean replace) {
    /** Validates what the index builder does not. */
    public BuildPlan {
        if (threads < 1) {
            throw MillraceException.usage(
                    "bundle cannot be built so: threads=%d, least=1; change threads", threads);
        }
    }

    /**
     * 16 connections, 200 candidates, seed 1, a thread per processor.
     *
     * @return the plan.
     */
    public static BuildPlan defaults() {
        return new BuildPlan(Runtime.getRuntime().availableProcessors(), 16, 200, 1, false);
    }

    /**
     * The same with another number of threads.
     *
     * @param value how many threads.
     * @return a copy.
     */
    public BuildPlan withThreads(int value) {
        return new BuildPlan(value, maxConnections, efConstruction, seed, replace);
    }

    /**
     * The same with another number of connections.
     *
     * @param value links of a node on each upper level.
     * @return a copy.
     */
    public BuildPlan withMaxConnections(int value) {
        return new BuildPlan(threads, value, efConstruction, seed, replace);
    }

    /**
     * The same with another number of candidates.
     *
     * @param value how many candidates are looked at.
     * @return a copy.
     */
    public BuildPlan withEfConstruction(int value) {
        return new BuildPlan(threads, maxConnections, value, seed, replace);
    }

    /**
     * The same with another seed.
     *
     * @param value any value.
     * @return a copy.
     */
    public BuildPlan withSeed(long value) {
        return new BuildPlan(threads, maxConnections, efConstruction, value, replace);
    }

    /**
     * The same, with or without leave to replace a folder.
     *
     * @param value whether a folder that is there already may be replaced.
     * @return a copy.
     */
    public BuildPlan withReplace(boolean value) {
        return new BuildPlan(threads, maxConnections, efConstruction, seed, value);
    }
}
