package io.millrace.data.simulate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.VectorSet;
import io.millrace.index.vectors.VectorFiles;
import io.millrace.index.vectors.VectorFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.IntStream;

final class VectorSimulatorTest {
    private static final int ROWS = 3_000;
    private static final int QUERIES = 40;
    private static final int K = 12;
    private static final int DIMENSION = 20;

    @TempDir private Path folder;

    @Test
    void shouldWriteTheTrueNeighboursWhenReadBack() {
        VectorFolder made = VectorFolder.at(make("a", 1, 2));
        try (VectorSet base = VectorFiles.read(made.base(), Integer.MAX_VALUE);
                VectorSet queries = VectorFiles.read(made.query(), Integer.MAX_VALUE)) {
            int[][] truth =
                    VectorFiles.readTruth(Objects.requireNonNull(made.truth()), Integer.MAX_VALUE);
            assertEquals(ROWS, base.count());
            assertEquals(QUERIES, queries.count());
            assertEquals(QUERIES, truth.length);
            for (int q = 0; q < QUERIES; q++) {
                float[] query = row(queries, q);
                double[] distances =
                        IntStream.range(0, ROWS)
                                .mapToDouble(i -> distance(query, row(base, i)))
                                .toArray();
                int[] nearest =
                        IntStream.range(0, ROWS)
                                .boxed()
                                .sorted(Comparator.comparingDouble(i -> distances[i]))
                                .limit(K)
                                .mapToInt(Integer::intValue)
                                .toArray();
                for (int i = 0; i < K; i++) {
                    assertEquals(distances[nearest[i]], distances[truth[q][i]], 1e-6);
                }
            }
        }
    }

    @Test
    void shouldMakeUnitRowsInClustersOfUnlikeSizes() {
        try (VectorSet base =
                VectorFiles.read(make("b", 1, 2).resolve("base.fvecs"), Integer.MAX_VALUE)) {
            float[][] rows =
                    IntStream.range(0, ROWS).mapToObj(i -> row(base, i)).toArray(float[][]::new);
            int[] near = new int[ROWS];
            for (int i = 0; i < ROWS; i++) {
                assertEquals(1, distance(rows[i], new float[DIMENSION]), 1e-5);
                for (int j = 0; j < ROWS; j++) {
                    near[i] += distance(rows[i], rows[j]) < 0.5 ? 1 : 0;
                }
            }
            Arrays.sort(near);
            // A quarter of the rows is of the largest cluster; many clusters have a handful.
            assertTrue(near[ROWS - 1] > ROWS / 10, "largest=" + near[ROWS - 1]);
            assertTrue(near[ROWS / 10] < ROWS / 100, "small=" + near[ROWS / 10]);
        }
    }

    @Test
    void shouldGiveTheSameBytesWhenThreadsDiffer() throws IOException {
        Path one = make("one", 5, 1);
        Path three = make("three", 5, 3);
        Path other = make("other", 6, 3);
        for (String name : new String[] {"base.fvecs", "query.fvecs", "truth.ivecs"}) {
            byte[] bytes = Files.readAllBytes(one.resolve(name));
            assertArrayEquals(bytes, Files.readAllBytes(three.resolve(name)), name);
            assertFalse(Arrays.equals(bytes, Files.readAllBytes(other.resolve(name))), name);
        }
    }

    @Test
    void shouldRefuseWhenMoreNeighboursAreWantedThanThereAreRows() {
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> new VectorPlan(10, 5, 11, DIMENSION, 1, 1));
        assertEquals(ErrorCode.USAGE, e.code());
        assertEquals("out of range: --k=11, limit=1 to 10; change --k", e.getMessage());
    }

    private Path make(String name, long seed, int threads) {
        Path target = folder.resolve(name);
        VectorSimulator.run(
                new VectorPlan(ROWS, QUERIES, K, DIMENSION, seed, threads),
                target,
                ProgressListener.NONE);
        return target;
    }

    private static float[] row(VectorSet rows, int row) {
        float[] vector = new float[rows.dimension()];
        rows.get(row, vector, 0);
        return vector;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return sum;
    }
}
