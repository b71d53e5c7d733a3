package io.millrace.index.bench;

import io.millrace.index.graph.RowType;

import java.util.List;

/**
 * What was measured.
 *
 * @param vectors how many rows there were.
 * @param dimension numbers per row.
 * @param queries how many queries were run.
 * @param buildSeconds wall time of the build, 0 where the index was loaded.
 * @param bytesPerVector memory of the index, per row.
 * @param rows how the numbers of rows are kept.
 * @param rowsError mean relative error that this makes in distances of linked rows.
 * @param rowsWorstError the largest of these errors.
 * @param runs one for each effort, in the order of the plan, then one for each recall.
 */
public record AnnBenchmarkResult(
        int vectors,
        int dimension,
        int queries,
        double buildSeconds,
        double bytesPerVector,
        RowType rows,
        double rowsError,
        double rowsWorstError,
        List<Run> runs) {

    /** Keeps its own list. */
    public AnnBenchmarkResult {
        runs = List.copyOf(runs);
    }

    /**
     * One effort.
     *
     * @param target the recall it was chosen for, or NaN where the effort was given.
     * @param ef the effort.
     * @param recall part of the true k neighbours that was found.
     * @param qps queries per second on one thread.
     * @param p50Us median time of a query.
     * @param p99Us time that 99 of 100 queries stay below.
     */
    public record Run(
            double target, int ef, double recall, double qps, double p50Us, double p99Us) {}
}
