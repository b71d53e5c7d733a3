package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.index.graph.RowType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A search allocates nothing once it is compiled. */
final class SearchAllocationTest {
    private static final int ROWS = 3000;
    private static final int QUERIES = 50;
    private static final int K = 10;

    @ParameterizedTest
    @CsvSource({
        "L2, F32, F32",
        "INNER_PRODUCT, F32, F32",
        "COSINE, F32, F32",
        "L2, INLINED, F32",
        "INNER_PRODUCT, INLINED, F32",
        "COSINE, INLINED, F32",
        "L2, F32, BF16",
        "COSINE, INLINED, BF16",
        "L2, F32, INT8",
        "INNER_PRODUCT, F32, INT8",
        "COSINE, INLINED, INT8"
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

    private static long bytesPerRound(VectorIndex index, float[][] queries, int rounds) {
        SearchScratch scratch = index.newScratch(K, 64);
        int[] ordinals = new int[K];
        float[] scores = new float[K];
        float[] vector = new float[index.dimension()];
        return WarmAllocation.bytesPerRound(
                rounds,
                () -> {
                    long found = 0;
                    for (float[] query : queries) {
                        found += index.searchInto(scratch, query, K, 64, ordinals, scores);
                        index.vectorInto(ordinals[0], vector, 0);
                        found += index.ordinalOf(index.itemId(ordinals[0]));
                    }
                    return found;
                });
    }
}
