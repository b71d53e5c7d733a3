package io.millrace.jmh;

import io.millrace.core.random.SplitRandom;
import io.millrace.index.VectorSet;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.rerank.ItemVectors;
import io.millrace.ranker.rerank.RequestFilter;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.rerank.Reranker;
import io.millrace.ranker.rerank.Slate;
import io.millrace.ranker.store.ItemRowMirror;

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

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes ten of 500 scored candidates under all rules, the filling of the request's filter included,
 * in microseconds per request on one thread. The candidates of a request are of a dozen creators,
 * so that the cap acts, and ten of them are in the user's history.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class RerankBenchmark {
    private static final int DIMENSION = 64;
    private static final int REQUESTS = 64;
    private static final int CANDIDATES = 500;
    private static final int SEEN = 10;
    private static final int WINDOW = 1_000;
    private static final int K = 10;

    /** One row in so many has the vector of the row before. */
    private static final int TWIN_STEP = 50;

    /** Items, each with a row and a vector. */
    @Param("100000")
    int rows;

    private final int[][] ordinals = new int[REQUESTS][CANDIDATES];
    private final float[][] scores = new float[REQUESTS][CANDIDATES];
    private final Slate slate = new Slate(K);
    private RowTable users;
    private RequestFilter filter;
    private Reranker reranker;
    private int next;

    /** Makes requests and holds their slates against the rules, one place after the other. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        FeatureWorld world = new FeatureWorld(REQUESTS, rows);
        users = AtExit.close(world.users());
        RowTable items = AtExit.close(world.items());
        ItemRowMirror mirror = AtExit.close(ItemRowMirror.of(items));
        VectorSet vectors = AtExit.close(vectors(rows));
        RerankRules rules =
                new RerankRules(K, "creator", 2, 0.85f, 100, 0.999f, List.of("watched"), 0);
        filter = new RequestFilter(rules, world.schema(), 1);
        ItemVectors itemVectors =
                new ItemVectors(vectors.segment(), 0, vectors.strideBytes(), DIMENSION, rows);
        reranker = new Reranker(rules, world.schema(), mirror, itemVectors, CANDIDATES, K);
        FeatureField watched = world.schema().field("watched");
        fillRequests(world.schema().layout(FeatureScope.USER).slotOf(watched));
        verify(new SlateCheck(rules, vectors));
    }

    /**
     * One request.
     *
     * @return its slate.
     */
    @Benchmark
    public Slate rerank() {
        next = (next + 1) % REQUESTS;
        rerank(next);
        return slate;
    }

    private void rerank(int request) {
        filter.clear();
        filter.addSeen(users.segment(), users.offset(request));
        reranker.rerankInto(ordinals[request], scores[request], CANDIDATES, filter, K, slate);
    }

    private void verify(SlateCheck check) {
        int full = 0;
        for (int request = 0; request < REQUESTS; request++) {
            rerank(request);
            Expect.that(
                    slate.size() == K && slate.seenDropped() >= SEEN,
                    "short slate: size=%d, seen=%d",
                    slate.size(),
                    slate.seenDropped());
            full += check.verify(ordinals[request], scores[request], filter, slate);
        }
        Expect.that(full > 0, "no creator ever reached the cap");
    }

    /** Candidates of neighbouring items, after some of the user's history. */
    private void fillRequests(int historySlot) {
        SplitRandom random = new SplitRandom(43);
        for (int request = 0; request < REQUESTS; request++) {
            int window = random.nextInt(rows - WINDOW);
            long history = users.offset(request) + 4L * (historySlot + 1);
            for (int i = 0; i < CANDIDATES; i++) {
                ordinals[request][i] =
                        i < SEEN
                                ? users.segment().get(RowLayout.INT, history + 4L * i)
                                        - FeatureField.FIRST
                                : window + 2 * i;
                scores[request][i] = random.nextFloat();
            }
        }
    }

    private static VectorSet vectors(int count) {
        SplitRandom random = new SplitRandom(47);
        VectorSet vectors = VectorSet.allocate(count, DIMENSION);
        float[] vector = new float[DIMENSION];
        for (int item = 0; item < count; item++) {
            if (item % TWIN_STEP != 2) {
                RandomVectors.fillUnit(random, vector);
            }
            vectors.set(item, vector, 0);
        }
        return vectors;
    }
}
