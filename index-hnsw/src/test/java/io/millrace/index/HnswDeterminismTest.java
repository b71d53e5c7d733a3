package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.graph.BatchPlan;
import io.millrace.index.graph.RowType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The same input and seed give the same bytes, whoever does the work. */
final class HnswDeterminismTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "GAUSSIAN, L2, F32, F32",
        "CLUSTERED, COSINE, F32, F32",
        "DUPLICATED, L2, F32, F32",
        "UNEVEN, INNER_PRODUCT, F32, F32",
        "OUTLIER, L2, F32, F32",
        "CLUSTERED, COSINE, INLINED, F32",
        "DUPLICATED, L2, INLINED, F32",
        "UNEVEN, INNER_PRODUCT, INLINED, F32",
        "UNEVEN, L2, F32, BF16",
        "DUPLICATED, COSINE, F32, INT8",
        "DUPLICATED, L2, INLINED, INT8",
        "UNEVEN, INNER_PRODUCT, F32, BF16",
        "UNEVEN, INNER_PRODUCT, INLINED, INT8"
    })
    void shouldWriteTheSameFileWhenThreadsDiffer(
            Worlds world, Metric metric, GraphLayout layout, RowType rowType) throws IOException {
        byte[] first = build(world, metric, layout, rowType, 1, 1);
        for (int threads : new int[] {2, 8, 1}) {
            byte[] bytes = build(world, metric, layout, rowType, 1, threads);
            assertArrayEquals(first, bytes, threads + " threads");
        }
    }

    /** The order of the upper levels, too, is that of the rows, and not that of the threads. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldWriteTheSameFileWhenUpperLevelsAreLinedUp(GraphLayout layout) throws IOException {
        HnswParameters parameters =
                new HnswParameters(Metric.L2, 8, 50, 1, 1, layout, 1, RowType.F32);
        BatchPlan linedUp = new BatchPlan(0.05, 0.02, 20);
        byte[] first = build(Worlds.CLUSTERED, parameters, linedUp);
        for (int threads : new int[] {2, 8}) {
            byte[] bytes = build(Worlds.CLUSTERED, parameters.withThreads(threads), linedUp);
            assertArrayEquals(first, bytes, threads + " threads");
        }
        byte[] shuffled = build(Worlds.CLUSTERED, parameters, BatchPlan.DEFAULT);
        assertFalse(Arrays.equals(first, shuffled), "no level was lined up");
    }

    @ParameterizedTest
    @CsvSource({"F32, F32", "INLINED, F32", "F32, BF16", "F32, INT8", "INLINED, BF16"})
    void shouldAnswerTheSameWhenReadBack(GraphLayout layout, RowType rowType) {
        int k = 10;
        Path file = folder.resolve("index");
        try (VectorSet rows = Worlds.CLUSTERED.rows(2000, 40, 1);
                HnswIndex built = HnswRecallTest.build(rows, Metric.COSINE, 2, layout, rowType)) {
            HnswFile.write(built, file);
            try (HnswIndex copied = HnswFile.open(file);
                    HnswIndex mapped = HnswFile.map(file)) {
                assertEquals(layout, copied.parameters().layout());
                assertEquals(rowType, copied.parameters().rowType());
                int[][] ordinals = new int[3][k];
                float[][] scores = new float[3][k];
                HnswIndex[] all = {built, copied, mapped};
                for (int row = 0; row < rows.count(); row += 50) {
                    for (int i = 0; i < all.length; i++) {
                        SearchScratch scratch = all[i].newScratch(k, 40);
                        float[] query = Worlds.row(rows, row);
                        int found =
                                all[i].searchInto(scratch, query, k, 40, ordinals[i], scores[i]);
                        assertEquals(k, found);
                        assertArrayEquals(ordinals[0], ordinals[i]);
                        assertArrayEquals(scores[0], scores[i]);
                    }
                }
            }
        }
    }

    @Test
    void shouldWriteAnotherFileWhenTheSeedDiffers() throws IOException {
        byte[] first = build(Worlds.GAUSSIAN, Metric.L2, GraphLayout.F32, RowType.F32, 1, 2);
        assertFalse(
                Arrays.equals(
                        first,
                        build(Worlds.GAUSSIAN, Metric.L2, GraphLayout.F32, RowType.F32, 2, 2)));
    }

    private byte[] build(
            Worlds world,
            Metric metric,
            GraphLayout layout,
            RowType rowType,
            long seed,
            int threads)
            throws IOException {
        return build(
                world,
                new HnswParameters(metric, 8, 50, seed, threads, layout, 1, rowType),
                BatchPlan.DEFAULT);
    }

    private byte[] build(Worlds world, HnswParameters parameters, BatchPlan batches)
            throws IOException {
        int count = 3000;
        try (VectorSet rows = world.rows(count, 20, 1);
                HnswIndex index =
                        HnswBuilder.build(
                                rows,
                                Worlds.ids(count),
                                parameters,
                                batches,
                                ProgressListener.NONE)) {
            Path file = folder.resolve("index");
            HnswFile.write(index, file);
            return Files.readAllBytes(file);
        }
    }
}
