package io.millrace.cli.demo;

import io.millrace.data.bundle.RetrievalPlan;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * What a demo does.
 *
 * @param kuairand folder of real data, or null to simulate.
 * @param items items of a simulated world.
 * @param users users of a simulated world.
 * @param seconds how long to load and count.
 * @param rate requests a second, or 0 to choose one.
 * @param retrieval what the bundle retrieves by.
 * @param seed of world, models and load.
 * @param threads of training and building.
 * @param keep folder to work in, or null for one that is removed.
 */
record DemoPlan(
        @Nullable Path kuairand,
        int items,
        int users,
        double seconds,
        double rate,
        RetrievalPlan retrieval,
        long seed,
        int threads,
        @Nullable Path keep) {
    /** Items asked for. */
    static final int K = 10;

    /** Users whose answers are checked one by one and judged. */
    static final int JUDGED = 1_000;

    /** Candidates that the light ranker leaves where it is shown what that costs. */
    static final int LIGHTLY_RANKED = 100;
}
