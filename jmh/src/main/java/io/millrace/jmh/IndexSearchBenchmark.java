package io.millrace.jmh;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.SearchRequest;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorSet;
import io.millrace.index.filter.OrdinalBitSet;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Searches for the ten nearest of 100,000 clustered unit vectors of 64 dimensions, in microseconds
 * per search on one thread. Queries come from the clusters of the rows, and are none of them.
 *
 * <p>Each fork builds the graph, prints its recall and fails where that is too low: a fast search
 * that finds little is none.
 *
 * <p>The same search is also made as a request, within a time that is never over, and with a filter
 * that accepts all rows. They find the same rows on the same way, so what they take longer is what
 * the checks of a request, of the clock and of acceptance cost. Not so the filter of an INLINED
 * index: where estimates leave doubt, it is searched a second time by the rows themselves.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class IndexSearchBenchmark {
    private static final int DIMENSION = 64;
    private static final int QUERIES = 1_000;
    private static final int K = 10;
    private static final int ROWS_PER_CLUSTER = 100;
    private static final float SPREAD = 1.1f;
    private static final int SOUND_EF = 64;
    private static final double LEAST_RECALL = 0.8;
    private static final double LEAST_RECALL_OF_SMALL_EF = 0.5;
    private static final long ENDLESS_BUDGET_NS = TimeUnit.HOURS.toNanos(1);

    /** Rows of the index. */
    @Param("100000")
    int rows;

    /** How many candidates a search keeps. */
    @Param({"16", "64", "256"})
    int ef;

    /** What a search reads. */
    @Param({"F32", "INLINED"})
    GraphLayout layout;

    private HnswIndex index;
    private SearchScratch scratch;
    private final SearchRequest plain = new SearchRequest();
    private final SearchRequest withinBudget = new SearchRequest().budgetNs(ENDLESS_BUDGET_NS);
    private final SearchRequest accepted = new SearchRequest();
    private final float[][] queries = new float[QUERIES][DIMENSION];
    private final int[] ordinals = new int[K];
    private final float[] scores = new float[K];
    private int next;

    /** Builds the index and holds its answers against exact search. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        SplitRandom random = new SplitRandom(23);
        float[][] centres = new float[Math.max(1, rows / ROWS_PER_CLUSTER)][DIMENSION];
        for (float[] centre : centres) {
            RandomVectors.fillUnit(random, centre);
        }
        try (VectorSet vectors = clustered(random, centres, rows);
                VectorSet queryVectors = clustered(random, centres, QUERIES)) {
            for (int i = 0; i < QUERIES; i++) {
                queryVectors.get(i, queries[i], 0);
            }
            index =
                    AtExit.close(
                            HnswBuilder.build(
                                    vectors,
                                    LongStream.range(0, rows).toArray(),
                                    HnswParameters.defaults(Metric.COSINE).withLayout(layout),
                                    ProgressListener.NONE));
            scratch = index.newScratch(K, ef);
            verify(queryVectors);
        }
        OrdinalBitSet all = new OrdinalBitSet(rows);
        all.fill();
        accepted.filter(all);
        for (SearchRequest request : new SearchRequest[] {plain, withinBudget, accepted}) {
            request.k(K).efSearch(ef);
            if (layout == GraphLayout.F32 || request.filter() == null) {
                verifySame(request);
            }
        }
    }

    /**
     * One search; every query in its turn.
     *
     * @return how many it found.
     */
    @Benchmark
    public int search() {
        next = (next + 1) % QUERIES;
        return index.searchInto(scratch, queries[next], K, ef, ordinals, scores);
    }

    /**
     * One search, told what to find by a request.
     *
     * @return how many it found.
     */
    @Benchmark
    public int searchByRequest() {
        return search(plain);
    }

    /**
     * One search that looks at the clock on its way.
     *
     * @return how many it found.
     */
    @Benchmark
    public int searchWithinBudget() {
        return search(withinBudget);
    }

    /**
     * One search that asks of each row whether it is accepted.
     *
     * @return how many it found.
     */
    @Benchmark
    public int searchAccepted() {
        return search(accepted);
    }

    private int search(SearchRequest request) {
        next = (next + 1) % QUERIES;
        return index.searchInto(scratch, queries[next], request, ordinals, scores);
    }

    private void verifySame(SearchRequest request) {
        int[] others = new int[K];
        for (float[] query : queries) {
            int found = index.searchInto(scratch, query, K, ef, ordinals, scores);
            int same = index.searchInto(scratch, query, request, others, scores);
            Expect.that(
                    same == found && Arrays.equals(ordinals, others) && !scratch.isTruncated(),
                    "another answer: found=%d, expected=%d",
                    same,
                    found);
        }
    }

    private void verify(VectorSet queryVectors) {
        int threads = Runtime.getRuntime().availableProcessors();
        int[][] exact;
        try (var oracle = index.exact()) {
            exact = oracle.exactTopK(queryVectors, K, threads, ProgressListener.NONE);
        }
        long hits = 0;
        float[] row = new float[DIMENSION];
        for (int i = 0; i < QUERIES; i++) {
            int found = index.searchInto(scratch, queries[i], K, ef, ordinals, scores);
            Expect.that(found == K, "too few answers: query=%d, found=%d", i, found);
            index.vectorInto(ordinals[0], row, 0);
            Expect.near(RandomVectors.product(queries[i], row), scores[0], 1, "score");
            for (int wanted : exact[i]) {
                hits += IntStream.of(ordinals).anyMatch(ordinal -> ordinal == wanted) ? 1 : 0;
            }
        }
        double recall = (double) hits / (QUERIES * K);
        System.out.printf("%nrecall@%d at ef %d over %d rows: %.4f%n", K, ef, rows, recall);
        double least = ef < SOUND_EF ? LEAST_RECALL_OF_SMALL_EF : LEAST_RECALL;
        Expect.that(recall >= least, "low recall: actual=%.4f, least=%.2f", recall, least);
    }

    /** Rows around centres, the same count of rows for each. */
    private static VectorSet clustered(SplitRandom random, float[][] centres, int count) {
        VectorSet vectors = VectorSet.allocate(count, DIMENSION);
        float[] row = new float[DIMENSION];
        for (int i = 0; i < count; i++) {
            RandomVectors.fillUnitNear(random, centres[i % centres.length], SPREAD, row);
            vectors.set(i, row, 0);
        }
        return vectors;
    }
}
