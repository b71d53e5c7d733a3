package io.millrace.jmh;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.HnswReader;
import io.millrace.index.Metric;
import io.millrace.index.MutableHnswIndex;
import io.millrace.index.VectorSet;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * Changes of a graph of clustered unit vectors, in microseconds a change on one thread, alone and
 * while another thread searches without a pause.
 *
 * <p>An iteration is 500 changes, so that a graph is neither filled nor emptied by a fast machine.
 * Before each the graph is brought back to its number of rows and {@link MutableHnswIndex#settle
 * settled}; of the deleted, a change timed here pays for mending as many as it makes.
 *
 * <p>Each fork ends with a look whether what it changed is found, and fails where it is not.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 6)
@Measurement(iterations = 10)
@Fork(1)
@State(Scope.Thread)
public class LiveIndexBenchmark {
    private static final int CHANGES = 500;
    private static final int ROWS_PER_CLUSTER = 100;
    private static final float SPREAD = 1.1f;
    private static final int K = 10;
    private static final int EF = 64;
    private static final double LEAST_FOUND = 0.9;

    /** Rows of the graph. */
    @Param("20000")
    int rows;

    /** Numbers per row. */
    @Param("64")
    int dimension;

    /** What a search reads. */
    @Param({"F32", "INLINED"})
    GraphLayout layout;

    /** Threads that search meanwhile. */
    @Param({"0", "1"})
    int readers;

    private final SplitRandom random = new SplitRandom(29);
    private float[][] centres;
    private float[][] vectors;
    private MutableHnswIndex index;

    /** The items here are those from the first to before the next. */
    private long firstId;

    private long nextId;
    private @Nullable Thread searches;
    private volatile boolean isDone;

    /** Builds the graph, and sets the reader going. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        centres = new float[Math.max(1, rows / ROWS_PER_CLUSTER)][dimension];
        for (float[] centre : centres) {
            RandomVectors.fillUnit(random, centre);
        }
        vectors = new float[CHANGES][dimension];
        try (VectorSet set = VectorSet.allocate(rows, dimension)) {
            for (int i = 0; i < rows; i++) {
                set.set(i, fresh(vectors[0]), 0);
            }
            try (HnswIndex source =
                    HnswBuilder.build(
                            set,
                            LongStream.range(0, rows).toArray(),
                            HnswParameters.defaults(Metric.COSINE).withLayout(layout),
                            ProgressListener.NONE)) {
                index = AtExit.close(MutableHnswIndex.copyOf(source, rows + CHANGES));
            }
        }
        nextId = rows;
        isDone = false;
        if (readers > 0) {
            float[][] queries = new float[CHANGES][dimension];
            for (float[] query : queries) {
                fresh(query);
            }
            searches = Thread.ofPlatform().name("millrace-reader-1").start(() -> search(queries));
        }
    }

    private float[] fresh(float[] vector) {
        RandomVectors.fillUnitNear(random, centres[random.nextInt(centres.length)], SPREAD, vector);
        return vector;
    }

    private void search(float[][] queries) {
        HnswReader reader = index.newReader(K, EF);
        long[] ids = new long[K];
        float[] scores = new float[K];
        long count = 0;
        long startNs = System.nanoTime();
        while (!isDone) {
            reader.searchInto(queries[(int) (count++ % CHANGES)], K, EF, ids, scores);
        }
        double seconds = (System.nanoTime() - startNs) * 1e-9;
        System.out.printf("%nsearches per second meanwhile: %.0f%n", count / seconds);
    }

    /** Brings the graph back to its number of rows, and makes other vectors. */
    @Setup(Level.Iteration)
    public void restore() {
        while (index.size() > rows) {
            index.delete(firstId++);
        }
        while (index.size() < rows) {
            index.insert(nextId++, fresh(vectors[0]));
        }
        index.settle();
        for (float[] vector : vectors) {
            fresh(vector);
        }
    }

    /** New items. */
    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public void insert() {
        for (float[] vector : vectors) {
            index.insert(nextId++, vector);
        }
    }

    /** New vectors for items anywhere. */
    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public void update() {
        for (float[] vector : vectors) {
            index.upsert(firstId + random.nextInt(rows), vector);
        }
    }

    /** The oldest items. */
    @Benchmark
    @OperationsPerInvocation(CHANGES)
    public void delete() {
        for (int i = 0; i < CHANGES; i++) {
            index.delete(firstId++);
        }
    }

    /**
     * Stops the reader, and looks whether changes of the graph are found.
     *
     * @throws InterruptedException when it is interrupted.
     */
    @TearDown
    public void verify() throws InterruptedException {
        isDone = true;
        if (searches != null) {
            searches.join();
        }
        restore();
        HnswReader reader = index.newReader(1, EF);
        long[] id = new long[1];
        int found = 0;
        for (int i = 0; i < CHANGES; i++) {
            index.upsert(firstId + i, vectors[i]);
            reader.searchInto(vectors[i], 1, EF, id, new float[1]);
            found += id[0] == firstId + i ? 1 : 0;
        }
        Expect.that(index.size() == rows, "items: actual=%d, expected=%d", index.size(), rows);
        Expect.that(
                found >= LEAST_FOUND * CHANGES,
                "changed items that are found: actual=%d, of=%d",
                found,
                CHANGES);
    }
}
