package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.progress.ProgressListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Comparator;
import java.util.stream.IntStream;

final class FlatIndexTest {
    private static final int ROWS = 700;
    private static final int DIMENSION = 19;
    private static final int K = 12;

    @ParameterizedTest
    @EnumSource(Metric.class)
    void shouldAgreeWithAPlainLoopWhenSearched(Metric metric) {
        try (VectorSet rows = Worlds.UNEVEN.rows(ROWS, DIMENSION, 1);
                VectorSet queries = Worlds.GAUSSIAN.rows(20, DIMENSION, 2);
                FlatIndex index = FlatIndex.over(rows, Worlds.ids(ROWS), metric)) {
            SearchScratch scratch = index.newScratch(K, 1);
            int[] ordinals = new int[K];
            float[] scores = new float[K];
            for (int q = 0; q < queries.count(); q++) {
                float[] query = Worlds.row(queries, q);
                double[] expected = new double[ROWS];
                for (int i = 0; i < ROWS; i++) {
                    expected[i] = score(metric, query, Worlds.row(rows, i));
                }
                int[] order =
                        IntStream.range(0, ROWS)
                                .boxed()
                                .sorted(Comparator.comparingDouble(i -> -expected[i]))
                                .mapToInt(Integer::intValue)
                                .toArray();
                assertEquals(K, index.searchInto(scratch, query, K, 1, ordinals, scores));
                for (int rank = 0; rank < K; rank++) {
                    double best = expected[order[rank]];
                    double tolerance = 1e-4 * Math.abs(best) + 1e-5;
                    assertEquals(best, expected[ordinals[rank]], tolerance);
                    assertEquals(best, scores[rank], tolerance);
                }
            }
        }
    }

    @Test
    void shouldNotDependOnThreadsWhenManyQueriesAreAsked() {
        try (VectorSet rows = Worlds.DUPLICATED.rows(ROWS, DIMENSION, 1);
                VectorSet queries = Worlds.GAUSSIAN.rows(53, DIMENSION, 2);
                FlatIndex index = FlatIndex.over(rows, Worlds.ids(ROWS), Metric.L2)) {
            int[][] one = index.exactTopK(queries, K, 1, ProgressListener.NONE);
            assertEquals(53, one.length);
            assertArrayEquals(one, index.exactTopK(queries, K, 3, ProgressListener.NONE));
            SearchScratch scratch = index.newScratch(K, 1);
            int[] ordinals = new int[K];
            for (int q = 0; q < one.length; q++) {
                index.searchInto(scratch, Worlds.row(queries, q), K, 1, ordinals, new float[K]);
                assertArrayEquals(ordinals, one[q]);
            }
        }
    }

    @Test
    void shouldPutTheLowerOrdinalFirstWhenRowsAreEqual() {
        try (VectorSet rows = Worlds.of(new float[][] {{1, 0}, {0, 1}, {1, 0}, {0, 1}, {1, 0}});
                FlatIndex index = FlatIndex.over(rows, Worlds.ids(5), Metric.INNER_PRODUCT)) {
            int[] ordinals = new int[5];
            float[] scores = new float[5];
            index.searchInto(index.newScratch(5, 1), new float[] {1, 0}, 5, 1, ordinals, scores);
            assertArrayEquals(new int[] {0, 2, 4, 1, 3}, ordinals);
            assertArrayEquals(new float[] {1, 1, 1, 0, 0}, scores);
        }
    }

    static double score(Metric metric, float[] a, float[] b) {
        double dot = 0;
        double squareA = 0;
        double squareB = 0;
        double distance = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            squareA += (double) a[i] * a[i];
            squareB += (double) b[i] * b[i];
            distance += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return switch (metric) {
            case L2 -> -distance;
            case INNER_PRODUCT -> dot;
            case COSINE -> dot / Math.sqrt(squareA * squareB);
        };
    }
}
