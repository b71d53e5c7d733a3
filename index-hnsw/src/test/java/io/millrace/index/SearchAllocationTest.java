package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.index.graph.RowType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** A search allocates nothing once it is compiled. */
final class SearchAllocationTest {
    private static final int ROWS = 3000;
    private static final int QUERIES = 50;
    private static final int K = 10;
    private static final int PATIENCE_SECONDS = 30;

    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({
        "L2, F32, F32",
        "INNER_PRODUCT, F32, F32",
        "COSINE, F32, F32",
        "L2, INLINED, F32",
        "INNER_PRODUCT, INLINED, F32",
        "COSINE, INLINED, F32",
        "L2, F32, BF16",
        "COSINE, INLINED, BF16"
    })
    void shouldAllocateNothingWhenWarm(Metric metric, GraphLayout layout, RowType rowType) {
        try (VectorSet rows = Worlds.UNEVEN.rows(ROWS, 40, 1);
                VectorSet queries = Worlds.GAUSSIAN.rows(QUERIES, 40, 2);
                HnswIndex graph = HnswRecallTest.build(rows, metric, 2, layout, rowType);
                FlatIndex exact = graph.exact();
                FlatIndex flat = FlatIndex.over(rows, Worlds.ids(ROWS), metric)) {
            float[][] vectors = new float[QUERIES][];
            for (int i = 0; i < QUERIES; i++) {
                vectors[i] = Worlds.row(queries, i);
            }
            assertEquals(0, bytesPerRound(graph, vectors, 60), "graph");
            assertEquals(0, bytesPerRound(exact, vectors, 10), "exact");
            assertEquals(0, bytesPerRound(flat, vectors, 10), "flat");
        }
    }

    /** The least of the rounds: compilation of a method may still end within one. */
    private long bytesPerRound(VectorIndex index, float[][] queries, int rounds) {
        SearchScratch scratch = index.newScratch(K, 64);
        int[] ordinals = new int[K];
        float[] scores = new float[K];
        float[] vector = new float[index.dimension()];
        long least = Long.MAX_VALUE;
        long found = 0;
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (int round = 0; least > 0 && System.nanoTime() - endNs < 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (float[] query : queries) {
                found += index.searchInto(scratch, query, K, 64, ordinals, scores);
                index.vectorInto(ordinals[0], vector, 0);
                found += index.ordinalOf(index.itemId(ordinals[0]));
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            if (round >= rounds) {
                least = Math.min(least, bytes);
            }
        }
        assertEquals(true, found > 0);
        return least;
    }
}
