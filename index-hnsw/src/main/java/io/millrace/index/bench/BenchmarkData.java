package io.millrace.index.bench;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.index.FlatIndex;
import io.millrace.index.Metric;
import io.millrace.index.VectorSet;
import io.millrace.index.vectors.VectorFiles;
import io.millrace.index.vectors.VectorFolder;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The rows, the queries and the true neighbours of a benchmark.
 *
 * <p>Threading: immutable. Ownership: owns rows and queries.
 */
final class BenchmarkData implements AutoCloseable {
    private static final VectorKernels KERNELS = Kernels.vector();

    private final VectorSet base;
    private final VectorSet queries;
    private final int[][] truth;
    private final Metric metric;
    private final int wanted;

    private BenchmarkData(AnnBenchmarkPlan plan, VectorSet base, VectorSet queries, int[][] truth) {
        this.base = base;
        this.queries = queries;
        this.truth = truth;
        metric = plan.metric();
        wanted = Math.min(plan.k(), base.count());
    }

    /** Reads files and computes the truth where none is given. */
    static BenchmarkData read(AnnBenchmarkPlan plan, ProgressListener progress) {
        Path basePath = plan.base();
        Path queryPath = plan.query();
        Path truthPath = plan.truth();
        boolean isTruthNamed = truthPath != null;
        if (VectorFolder.isAt(basePath)) {
            VectorFolder folder = VectorFolder.at(basePath);
            basePath = folder.base();
            if (queryPath == null) {
                queryPath = folder.query();
                // The truth of such folders is Euclidean.
                truthPath =
                        truthPath == null && plan.metric() == Metric.L2
                                ? folder.truth()
                                : truthPath;
            }
        }
        if (queryPath == null) {
            throw MillraceException.usage("no queries: base=%s; give --query", basePath);
        }
        VectorSet base = null;
        VectorSet queries = null;
        try {
            try (ProgressListener.Stage stage = progress.start("read vectors", 2)) {
                base = VectorFiles.read(basePath, Integer.MAX_VALUE);
                stage.advance(1);
                int[][] known = knownTruth(truthPath, plan);
                if (!isTruthNamed && isNarrow(known, Math.min(plan.k(), base.count()))) {
                    // What a folder brings is for fewer neighbours: compute them instead.
                    known = null;
                }
                int limit =
                        known == null
                                ? plan.limitQueries()
                                : Math.min(plan.limitQueries(), known.length);
                queries = VectorFiles.read(queryPath, limit);
                stage.advance(1);
                checkFit(plan, base, queries, known);
                if (known != null) {
                    return new BenchmarkData(plan, base, queries, known);
                }
            }
            int[][] computed = compute(plan, base, queries, progress);
            return new BenchmarkData(plan, base, queries, computed);
        } catch (RuntimeException | Error e) {
            if (base != null) {
                base.close();
            }
            if (queries != null) {
                queries.close();
            }
            throw e;
        }
    }

    /** The rows. */
    VectorSet base() {
        return base;
    }

    /** The queries, as many as there is truth for. */
    VectorSet queries() {
        return queries;
    }

    /** How many true neighbours a query has that count. */
    int wanted() {
        return wanted;
    }

    /**
     * How many of the rows found are among the nearest. One that is as near as the last of those,
     * such as a duplicate, counts as well.
     */
    int hits(int queryIndex, float[] query, int[] found, int foundCount) {
        int[] nearest = truth[queryIndex];
        float last = wanted == 0 ? 0 : score(query, nearest[wanted - 1]);
        int hits = 0;
        for (int i = 0; i < foundCount; i++) {
            boolean isHit = false;
            for (int j = 0; j < wanted && !isHit; j++) {
                isHit = nearest[j] == found[i];
            }
            hits += isHit || score(query, found[i]) >= last ? 1 : 0;
        }
        return Math.min(hits, wanted);
    }

    @Override
    public void close() {
        base.close();
        queries.close();
    }

    /** The rows in exact search; to be closed before them. */
    FlatIndex flatIndex() {
        return FlatIndex.over(base, ids(base), metric);
    }

    /** How alike a query and a row are, up to a factor of the query. */
    float score(float[] query, int row) {
        long offset = base.offset(row);
        int dimension = base.dimension();
        return switch (metric) {
            case L2 -> -KERNELS.squaredDistance(query, base.segment(), offset, dimension);
            case INNER_PRODUCT -> KERNELS.dot(query, base.segment(), offset, dimension);
            case COSINE -> {
                float dot = KERNELS.dot(query, base.segment(), offset, dimension);
                float square =
                        KERNELS.dot(base.segment(), offset, base.segment(), offset, dimension);
                yield dot / (float) Math.sqrt(square);
            }
        };
    }

    private static int @Nullable [][] knownTruth(@Nullable Path path, AnnBenchmarkPlan plan) {
        return path == null ? null : VectorFiles.readTruth(path, plan.limitQueries());
    }

    private static boolean isNarrow(int @Nullable [][] truth, int wanted) {
        return truth != null && Arrays.stream(truth).anyMatch(row -> row.length < wanted);
    }

    private static void checkFit(
            AnnBenchmarkPlan plan, VectorSet base, VectorSet queries, int @Nullable [][] truth) {
        if (base.dimension() != queries.dimension()) {
            throw mismatch(
                    "queries of another dimension than the base: base=%d, queries=%d",
                    base.dimension(), queries.dimension());
        }
        if (queries.count() == 0) {
            throw mismatch("no queries: queries=%d, truth given=%s", 0, truth != null);
        }
        if (truth == null) {
            return;
        }
        if (truth.length < queries.count()) {
            throw mismatch(
                    "truth for fewer queries: truth=%d, queries=%d", truth.length, queries.count());
        }
        int wanted = Math.min(plan.k(), base.count());
        for (int i = 0; i < truth.length; i++) {
            if (truth[i].length < wanted) {
                throw mismatch(
                        "fewer true neighbours than asked for: truth=%d, k=%d",
                        truth[i].length, plan.k());
            }
            int largest = Arrays.stream(truth[i]).max().orElse(0);
            if (largest >= base.count()) {
                throw mismatch("truth of another base: ordinal=%d, base=%d", largest, base.count());
            }
        }
    }

    private static MillraceException mismatch(String format, Object first, Object second) {
        return MillraceException.of(
                ErrorCode.MISMATCH,
                "%s; give files that belong together",
                String.format(format, first, second));
    }

    /** Rows are known by their number. */
    static long[] ids(VectorSet rows) {
        long[] ids = new long[rows.count()];
        Arrays.setAll(ids, i -> i);
        return ids;
    }

    private static int[][] compute(
            AnnBenchmarkPlan plan, VectorSet base, VectorSet queries, ProgressListener progress) {
        try (FlatIndex exact = FlatIndex.over(base, ids(base), plan.metric())) {
            return exact.exactTopK(queries, plan.k(), plan.threads(), progress);
        }
    }
}
