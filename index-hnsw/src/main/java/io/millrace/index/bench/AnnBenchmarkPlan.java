package io.millrace.index.bench;

import io.millrace.core.error.MillraceException;
import io.millrace.index.Metric;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * What is measured.
 *
 * @param base file of the rows, or a folder {@code fashion-mnist}, which holds queries and truth
 *     too.
 * @param query file of the queries; null only where base is such a folder.
 * @param truth file of the true neighbours, or null to compute them.
 * @param k how many neighbours are asked for.
 * @param ef efforts to measure, each from 1.
 * @param recalls recalls to reach, each 0 to 1: the efforts that they need are measured as well.
 * @param filters filters to search with as well, at every one of these efforts.
 * @param threads threads of the build.
 * @param limitQueries the most queries to use.
 * @param index which index.
 */
public record AnnBenchmarkPlan(
        Path base,
        @Nullable Path query,
        @Nullable Path truth,
        int k,
        List<Integer> ef,
        List<Double> recalls,
        FilterSeries filters,
        int threads,
        int limitQueries,
        IndexChoice index) {

    /** Refuses what can't be measured. */
    public AnnBenchmarkPlan {
        ef = List.copyOf(ef);
        recalls = List.copyOf(recalls);
        boolean isIdle = ef.isEmpty() && recalls.isEmpty();
        if (k < 1 || limitQueries < 1 || threads < 1 || isIdle) {
            throw MillraceException.usage(
                    "nothing to measure: k=%d, queries=%d, threads=%d, ef=%s; each must be at"
                            + " least 1",
                    k, limitQueries, threads, ef);
        }
        if (index.isFlat() && !recalls.isEmpty()) {
            throw MillraceException.usage(
                    "exact search has no recall to reach: layout=%s, recall=%s; leave one out",
                    index.layout(), recalls);
        }
        for (double each : recalls) {
            if (!(each > 0 && each <= 1)) {
                throw MillraceException.usage(
                        "no such recall: recall=%s, limit=above 0 to 1; change --recall", each);
            }
        }
        for (int each : ef) {
            if (each < 1) {
                throw MillraceException.usage("no such effort: ef=%d, least=1", each);
            }
        }
    }

    Metric metric() {
        return index.metricOrDefault();
    }

    AnnBenchmarkPlan withIndex(IndexChoice value) {
        return new AnnBenchmarkPlan(
                base, query, truth, k, ef, recalls, filters, threads, limitQueries, value);
    }
}
