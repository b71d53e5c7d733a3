package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.stream.LongStream;

/** Indexes that begin without items, in the form of one that has some. */
class EmptyIndexTest {
    private static final int DIMENSION = 20;
    private static final int ROWS = 600;

    private final SplitRandom random = new SplitRandom(41);

    /** Lengths of rows lie between a least one and 1. */
    private MutableHnswIndex empty(Metric metric, GraphLayout layout, float least) {
        try (VectorSet rows = VectorSet.allocate(100, DIMENSION)) {
            for (int row = 0; row < rows.count(); row++) {
                rows.set(row, vector(row == 0 ? 1 : least + (1 - least) * random.nextFloat()), 0);
            }
            try (HnswIndex like =
                    HnswBuilder.build(
                            rows,
                            LongStream.range(0, rows.count()).toArray(),
                            HnswParameters.defaults(metric).withLayout(layout),
                            ProgressListener.NONE)) {
                return MutableHnswIndex.emptyLike(like, ROWS);
            }
        }
    }

    private float[] vector(float length) {
        float[] vector = new float[DIMENSION];
        double squares = 0;
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
            squares += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) (vector[i] * length / Math.sqrt(squares));
        }
        return vector;
    }

    @ParameterizedTest
    @CsvSource({
        "COSINE, F32, 0.5",
        "COSINE, INLINED, 0.5",
        "L2, F32, 0.5",
        "INNER_PRODUCT, F32, 0.5",
        "INNER_PRODUCT, INLINED, 0.5",
        "INNER_PRODUCT, F32, 1"
    })
    void shouldFindWhatWasInserted(Metric metric, GraphLayout layout, float least) {
        try (MutableHnswIndex index = empty(metric, layout, least)) {
            assertEquals(0, index.size());
            assertFalse(index.contains(5));
            float[][] vectors = new float[ROWS][];
            HnswReader reader = index.newReader(10, 200);
            long[] ids = new long[10];
            float[] scores = new float[10];
            assertEquals(0, reader.searchInto(vector(1), 10, 200, ids, scores));
            for (int i = 0; i < ROWS; i++) {
                vectors[i] = vector(least + (1 - least) * random.nextFloat());
                assertTrue(index.accepts(vectors[i]));
                index.insert(i, vectors[i]);
            }
            assertTrue(index.contains(5));
            int found = 0;
            for (int query = 0; query < 50; query++) {
                float[] wanted = vector(1);
                int best = 0;
                for (int i = 1; i < ROWS; i++) {
                    boolean isBetter =
                            score(metric, vectors[i], wanted)
                                    > score(metric, vectors[best], wanted);
                    best = isBetter ? i : best;
                }
                assertEquals(10, reader.searchInto(wanted, 10, 200, ids, scores));
                for (int i = 0; i < 10; i++) {
                    double expected = score(metric, vectors[(int) ids[i]], wanted);
                    assertEquals(expected, scores[i], 1e-4);
                }
                found += ids[0] == best ? 1 : 0;
            }
            assertTrue(found >= 48, "found=" + found);
        }
    }

    private static double score(Metric metric, float[] row, float[] query) {
        double product = 0;
        double squares = 0;
        double distance = 0;
        for (int i = 0; i < DIMENSION; i++) {
            product += (double) row[i] * query[i];
            squares += (double) row[i] * row[i];
            distance += ((double) row[i] - query[i]) * ((double) row[i] - query[i]);
        }
        return switch (metric) {
            case COSINE -> product / Math.sqrt(squares);
            case INNER_PRODUCT -> product;
            case L2 -> -distance;
        };
    }

    @ParameterizedTest
    @CsvSource({"COSINE, 0.5", "L2, 0.5", "INNER_PRODUCT, 0.5", "INNER_PRODUCT, 1"})
    void shouldAcceptWhatItTakes(Metric metric, float least) {
        try (MutableHnswIndex index = empty(metric, GraphLayout.F32, least)) {
            float[][] vectors = {
                vector(1),
                vector(0.9f),
                vector(0.1f),
                vector(1.2f),
                vector(1_000),
                new float[DIMENSION],
                new float[DIMENSION - 1],
                vector(Float.NaN),
                vector(1e20f)
            };
            boolean isProduct = metric == Metric.INNER_PRODUCT;
            boolean isShortTaken = !isProduct || least < 1;
            boolean[] expected = {
                true,
                isShortTaken,
                isShortTaken,
                !isProduct,
                !isProduct,
                metric != Metric.COSINE && isShortTaken,
                false,
                false,
                false
            };
            for (int i = 0; i < vectors.length; i++) {
                float[] vector = vectors[i];
                int itemId = i;
                assertEquals(expected[i], index.accepts(vector), "vector " + i);
                if (expected[i]) {
                    assertTrue(index.upsert(itemId, vector));
                } else {
                    assertThrows(MillraceException.class, () -> index.upsert(itemId, vector));
                }
            }
        }
    }
}
