package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.core.progress.ProgressListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The same input and seed give the same bytes, whoever does the work. */
final class HnswDeterminismTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2",
        "CLUSTERED, COSINE",
        "DUPLICATED, L2",
        "UNEVEN, INNER_PRODUCT",
        "OUTLIER, L2"
    })
    void shouldWriteTheSameFileWhenThreadsDiffer(Worlds world, Metric metric) throws IOException {
        byte[] first = build(world, metric, 1, 1);
        for (int threads : new int[] {2, 8, 1}) {
            assertArrayEquals(first, build(world, metric, 1, threads), threads + " threads");
        }
    }

    @Test
    void shouldWriteAnotherFileWhenTheSeedDiffers() throws IOException {
        byte[] first = build(Worlds.GAUSSIAN, Metric.L2, 1, 2);
        assertFalse(Arrays.equals(first, build(Worlds.GAUSSIAN, Metric.L2, 2, 2)));
    }

    private byte[] build(Worlds world, Metric metric, long seed, int threads) throws IOException {
        int count = 3000;
        try (VectorSet rows = world.rows(count, 20, 1);
                HnswIndex index =
                        HnswBuilder.build(
                                rows,
                                Worlds.ids(count),
                                new HnswParameters(metric, 8, 50, seed, threads),
                                ProgressListener.NONE)) {
            Path file = folder.resolve("index");
            HnswFile.write(index, file);
            return Files.readAllBytes(file);
        }
    }
}
