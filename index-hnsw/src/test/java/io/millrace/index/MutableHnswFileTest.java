package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.graph.LiveGraphCheck;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** An index that has changed is a file like any other, and goes on from it. */
final class MutableHnswFileTest {
    private static final int ROWS = 700;
    private static final int DIMENSION = 20;
    private static final int K = 10;

    private final long allocatedBytes = DirectMemory.allocatedBytes();
    private final Map<Long, float[]> items = new HashMap<>();

    @TempDir private Path folder;

    @AfterEach
    void shouldHaveFreedEverything() {
        assertEquals(allocatedBytes, DirectMemory.allocatedBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "L2, F32", "COSINE, F32", "INNER_PRODUCT, F32",
        "L2, INLINED", "COSINE, INLINED", "INNER_PRODUCT, INLINED"
    })
    void shouldAnswerTheSameWhenSavedAndOpened(Metric metric, GraphLayout layout) {
        Path path = folder.resolve("index");
        try (MutableHnswIndex index = changed(metric, layout)) {
            index.save(path);
            try (HnswIndex file = HnswFile.open(path);
                    MutableHnswIndex again = MutableHnswIndex.open(path, ROWS)) {
                assertEquals(items.size(), file.size());
                GraphReport report = GraphCheck.check(file, ROWS, 1);
                assertEquals(0, report.unreachable(), report.toString());
                report.requireServable(path);
                checkRows(file);
                LiveGraphCheck.checkSettled(again.live(), again.editor());
                checkAnswers(index, file, again);
            }
        }
    }

    /** Rows are those of the items, as they were given but for rounding. */
    private void checkRows(HnswIndex file) {
        float[] row = new float[DIMENSION];
        for (Map.Entry<Long, float[]> item : items.entrySet()) {
            int ordinal = file.ordinalOf(item.getKey());
            assertTrue(ordinal >= 0, "item is missing: " + item.getKey());
            file.vectorInto(ordinal, row, 0);
            float[] expected = item.getValue();
            double scale = file.metric() == Metric.COSINE ? length(expected) : 1;
            for (int i = 0; i < DIMENSION; i++) {
                assertEquals(expected[i] / scale, row[i], 1e-4);
            }
        }
    }

    private static double length(float[] vector) {
        double square = 0;
        for (float number : vector) {
            square += (double) number * number;
        }
        return Math.sqrt(square);
    }

    private static void checkAnswers(
            MutableHnswIndex index, HnswIndex file, MutableHnswIndex again) {
        HnswReader before = index.newReader(K, 60);
        HnswReader after = again.newReader(K, 60);
        SearchScratch scratch = file.newScratch(K, 60);
        long[] expected = new long[K];
        long[] ids = new long[K];
        int[] ordinals = new int[K];
        float[] expectedScores = new float[K];
        float[] scores = new float[K];
        try (VectorSet queries = Worlds.GAUSSIAN.rows(50, DIMENSION, 9)) {
            for (int q = 0; q < queries.count(); q++) {
                float[] query = Worlds.row(queries, q);
                assertEquals(K, before.searchInto(query, K, 60, expected, expectedScores));
                assertEquals(K, after.searchInto(query, K, 60, ids, scores));
                assertArrayEquals(expected, ids);
                assertArrayEquals(expectedScores, scores);
                // A file is searched at just this effort, a live graph with some room for the dead.
                assertEquals(K, file.searchInto(scratch, query, K, 60, ordinals, scores));
                assertEquals(expected[0], file.itemId(ordinals[0]));
                assertEquals(expectedScores[0], scores[0]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldWriteTheSameBytesWhenTheStateIsTheSame(GraphLayout layout) throws IOException {
        Path one = folder.resolve("one");
        Path other = folder.resolve("other");
        Path third = folder.resolve("third");
        try (MutableHnswIndex index = changed(Metric.L2, layout);
                MutableHnswIndex twin = changed(Metric.L2, layout)) {
            index.save(one);
            twin.save(other);
        }
        assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(other));
        try (MutableHnswIndex index = MutableHnswIndex.open(one, ROWS)) {
            index.save(third);
        }
        assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(third));
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldGoOnChangingWhenOpened(GraphLayout layout) {
        Path path = folder.resolve("index");
        try (MutableHnswIndex index = changed(Metric.L2, layout)) {
            index.save(path);
        }
        try (MutableHnswIndex index = MutableHnswIndex.open(path, 2 * ROWS)) {
            change(index, 7);
            LiveGraphCheck.check(index.live(), index.editor());
            index.save(path);
        }
        try (HnswIndex file = HnswFile.map(path)) {
            assertEquals(items.size(), file.size());
            GraphCheck.check(file, ROWS, 1).requireServable(path);
            checkRows(file);
        }
    }

    @Test
    void shouldSaveAndOpenWhenNothingIsLeft() {
        Path path = folder.resolve("index");
        float[] vector = {1, 2, 3};
        try (VectorSet rows = Worlds.of(vector);
                HnswIndex source = HnswRecallTest.build(rows, Metric.L2, 1);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, 3)) {
            index.delete(source.itemId(0));
            index.save(path);
        }
        try (MutableHnswIndex index = MutableHnswIndex.open(path, 2)) {
            assertEquals(0, index.size());
            index.insert(5, vector);
            assertTrue(index.newReader(1, 1).contains(5));
        }
    }

    @Test
    void shouldLeaveTheOldFileWhenItCanNotBeWritten() throws IOException {
        Path path = folder.resolve("index");
        Files.writeString(path, "kept");
        try (MutableHnswIndex index = changed(Metric.L2, GraphLayout.F32)) {
            // No file can stand in a file.
            MillraceException e =
                    assertThrows(MillraceException.class, () -> index.save(path.resolve("inside")));
            assertEquals(ErrorCode.IO, e.code(), e.getMessage());
            assertEquals("kept", Files.readString(path));
            index.save(path);
        }
        MillraceException e =
                assertThrows(MillraceException.class, () -> MutableHnswIndex.open(path, 1));
        assertEquals(ErrorCode.USAGE, e.code(), e.getMessage());
    }

    /** An index that items have come to, gone from and been changed in. */
    private MutableHnswIndex changed(Metric metric, GraphLayout layout) {
        items.clear();
        try (VectorSet rows = Worlds.GAUSSIAN.rows(ROWS / 2, DIMENSION, 1);
                HnswIndex source = HnswRecallTest.build(rows, metric, 2, layout)) {
            MutableHnswIndex index = MutableHnswIndex.copyOf(source, ROWS);
            for (int row = 0; row < rows.count(); row++) {
                items.put(source.itemId(row), Worlds.row(rows, row));
            }
            change(index, 5);
            return index;
        }
    }

    private void change(MutableHnswIndex index, long seed) {
        SplitRandom random = new SplitRandom(seed);
        for (int change = 0; change < 300; change++) {
            float[] vector = new float[DIMENSION];
            Worlds.GAUSSIAN.fill(random, change, vector);
            for (int i = 0; i < DIMENSION; i++) {
                // Under products no row may be longer than those of the build.
                vector[i] *= 0.5f;
            }
            long id = Worlds.ids(ROWS)[random.nextInt(ROWS)];
            if (items.containsKey(id) && random.nextInt(2) == 0) {
                index.delete(id);
                items.remove(id);
            } else {
                index.upsert(id, vector);
                items.put(id, vector);
            }
        }
        assertEquals(items.size(), index.size());
    }
}
