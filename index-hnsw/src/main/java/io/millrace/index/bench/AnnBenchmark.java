package io.millrace.index.bench;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

/** Builds or loads an index and measures its searches. */
@SuppressWarnings("DoNotCallSuggester")
public final class AnnBenchmark {
    private AnnBenchmark() {}

    /**
     * Runs a plan.
     *
     * @param plan what to measure.
     * @param progress told of every stage.
     * @return the figures.
     */
    public static AnnBenchmarkResult run(AnnBenchmarkPlan plan, ProgressListener progress) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
