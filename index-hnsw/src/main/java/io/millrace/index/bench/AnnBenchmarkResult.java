package io.millrace.index.bench;

import io.millrace.index.Metric;
import io.millrace.index.graph.RowType;

import java.util.List;

/**
 * What was measured.
 *
 * @param vectors how many rows there were.
 * @param dimension numbers per row.
 * @param queries how many queries were run.
 * @param metric how alike vectors are.
 * @param layout how rows were kept.
 * @param codeBits bits per dimension of the codes, 0 where there are none.
 * @param rows how the numbers of rows are kept.
 * @param rowsError mean relative error that this makes in distances of linked rows.
 * @param rowsWorstError the largest of these errors.
 * @param buildSeconds wall time of the build, 0 where the index was loaded.
 * @param bytesPerVector memory of the index, per row.
 * @param layouts what each layout takes.
 * @param runs one for each effort, in the order of the plan, then one for each recall.
 * @param filtered one for each selectivity and effort.
 */
public record AnnBenchmarkResult(
        int vectors,
        int dimension,
        int queries,
        Metric metric,
        IndexChoice.Layout layout,
        int codeBits,
        RowType rows,
        double rowsError,
        double rowsWorstError,
        double buildSeconds,
        double bytesPerVector,
        List<LayoutBytes> layouts,
        List<Run> runs,
        List<FilteredRun> filtered) {

    /** Keeps its own lists. */
    public AnnBenchmarkResult {
        layouts = List.copyOf(layouts);
        runs = List.copyOf(runs);
        filtered = List.copyOf(filtered);
    }

    /**
     * What a layout takes with the connections of the index that was measured.
     *
     * @param layout how rows are kept.
     * @param codeBits bits per dimension of the codes, 0 where there are none.
     * @param bytesPerVector memory of rows, links and codes, per row.
     */
    public record LayoutBytes(IndexChoice.Layout layout, int codeBits, double bytesPerVector) {}

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

    /**
     * One selectivity and effort.
     *
     * @param selectivity which part of the rows the filters were to accept.
     * @param ef the effort.
     * @param accepted how many rows they accepted, the mean of the queries.
     * @param recall part of the k nearest accepted rows that was found.
     * @param qps queries per second on one thread.
     * @param p99Us time that 99 of 100 queries stay below.
     * @param scanUs mean time of exact search of all rows without a filter, in the same run.
     * @param scans queries for which the accepted rows were scanned.
     * @param maskedWalks queries for which the graph was walked among accepted rows.
     * @param plainWalks queries for which the graph was walked among all rows.
     */
    public record FilteredRun(
            double selectivity,
            int ef,
            double accepted,
            double recall,
            double qps,
            double p99Us,
            double scanUs,
            int scans,
            int maskedWalks,
            int plainWalks) {
        /**
         * Time of a search as a part of that of exact search of all rows.
         *
         * @return above 1 where the scan was faster.
         */
        public double shareOfScan() {
            return 1e6 / qps / scanUs;
        }
    }
}
