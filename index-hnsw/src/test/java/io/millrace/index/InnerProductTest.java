package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.simd.Kernels;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dot products of rows of unlike lengths, which no graph can be built of as they are. */
final class InnerProductTest {
    private static final int ROWS = 2000;
    private static final int DIMENSION = 30;

    @Test
    void shouldKeepTheProductsWhenRowsGetOneMoreDimension() {
        try (VectorSet rows = Worlds.UNEVEN.rows(ROWS, DIMENSION, 1);
                VectorSet queries = Worlds.GAUSSIAN.rows(50, DIMENSION, 2);
                FlatIndex plain = FlatIndex.over(rows, Worlds.ids(ROWS), Metric.INNER_PRODUCT);
                HnswIndex index = HnswRecallTest.build(rows, Metric.INNER_PRODUCT, 2)) {
            assertEquals(DIMENSION, index.dimension());
            assertEquals(DIMENSION + 1, index.storedDimension());
            FlatIndex exact = index.exact();
            int k = 10;
            int[] expected = new int[k];
            float[] expectedScores = new float[k];
            int[] ordinals = new int[k];
            float[] scores = new float[k];
            SearchScratch plainScratch = plain.newScratch(k, 1);
            SearchScratch exactScratch = exact.newScratch(k, 1);
            for (int q = 0; q < queries.count(); q++) {
                float[] query = Worlds.row(queries, q);
                plain.searchInto(plainScratch, query, k, 1, expected, expectedScores);
                exact.searchInto(exactScratch, query, k, 1, ordinals, scores);
                for (int i = 0; i < k; i++) {
                    // Rounding is relative to the longest row.
                    assertEquals(expectedScores[i], scores[i], 1e-5 * expectedScores[0]);
                }
            }
        }
    }

    @Test
    void shouldStoreRowsOfOneLengthWhenTheirsDiffer() {
        try (VectorSet rows = Worlds.UNEVEN.rows(ROWS, DIMENSION, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.INNER_PRODUCT, 2)) {
            for (int i = 0; i < ROWS; i++) {
                long offset = index.vectorOffset(i);
                float square =
                        Kernels.vector()
                                .dot(
                                        index.vectorSegment(),
                                        offset,
                                        index.vectorSegment(),
                                        offset,
                                        index.storedDimension());
                assertEquals(1, square, 1e-4);
            }
        }
    }

    @Test
    void shouldGiveRowsBackWhenTheyWereScaled() {
        try (VectorSet rows = Worlds.UNEVEN.rows(ROWS, DIMENSION, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.INNER_PRODUCT, 2)) {
            float[] vector = new float[DIMENSION + 2];
            for (int i = 0; i < ROWS; i++) {
                index.vectorInto(i, vector, 1);
                float[] row = Worlds.row(rows, i);
                for (int j = 0; j < DIMENSION; j++) {
                    assertEquals(row[j], vector[1 + j], 1e-5 * Math.abs(row[j]) + 1e-6);
                }
            }
            assertEquals(0, vector[0]);
            assertEquals(0, vector[DIMENSION + 1]);
        }
    }

    @Test
    void shouldLeaveRowsAsTheyAreWhenAllHaveOneLength() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(500, DIMENSION, 1)) {
            float[] vector = new float[DIMENSION];
            for (int i = 0; i < rows.count(); i++) {
                rows.get(i, vector, 0);
                Kernels.vector().normalise(vector, 0, DIMENSION);
                rows.set(i, vector, 0);
            }
            try (HnswIndex index = HnswRecallTest.build(rows, Metric.INNER_PRODUCT, 2)) {
                assertEquals(DIMENSION, index.storedDimension());
                for (int i = 0; i < rows.count(); i++) {
                    index.vectorInto(i, vector, 0);
                    assertArrayEquals(Worlds.row(rows, i), vector);
                }
            }
        }
    }

    /** Searched raw, long rows attract all searches: plain dot products fail this test. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindShortRowsWhenLongOnesAreAround(GraphLayout layout) {
        try (VectorSet rows = Worlds.UNEVEN.rows(ROWS, DIMENSION, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.INNER_PRODUCT, 2, layout)) {
            GraphCheck.check(index, 200, 2).requireServable("test");
            GraphReport report = GraphCheck.check(index, ROWS, 1);
            assertEquals(ROWS, report.reachable());
            assertTrue(report.selfRecall() >= 0.99, report.toString());
        }
    }
}
