package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.filter.OrdinalBitSet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Indexes of more than 2^32 bytes, in memory and in a file, against a small one of the same nodes.
 * Nearly all of a large one is zeros: pages that were never touched, and a hole in the file.
 */
@Tag("slow")
final class HnswSizeTest {
    private static final long LARGE_BYTES = (1L << 32) + (1L << 27);
    private static final int DIMENSION = 4096;
    private static final int NODES = 60;
    private static final int K = 5;

    @TempDir private Path folder;

    @Test
    void shouldAnswerAsASmallOneWhenRowsLieBeyondFourGigabytes() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(NODES, DIMENSION, 1);
                HnswIndex small = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.F32);
                HnswIndex large = SpreadIndex.of(small, rowsOf(LARGE_BYTES, small))) {
            assertAnswersAs(small, large);
            assertExactAnswersAs(small, large);
        }
    }

    @Test
    void shouldAnswerAsASmallOneWhenMappedFromAFileOfMoreThanFourGigabytes() throws IOException {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(NODES, DIMENSION, 1);
                HnswIndex small = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.INLINED)) {
            Path file = folder.resolve("index");
            try (HnswIndex large = SpreadIndex.of(small, rowsOf(LARGE_BYTES, small))) {
                assertAnswersAs(small, large);
                HnswFile.write(large, file);
            }
            assertTrue(Files.size(file) > LARGE_BYTES);
            try (HnswIndex mapped = HnswFile.map(file)) {
                assertAnswersAs(small, mapped);
            }
        }
    }

    private static int rowsOf(long bytes, HnswIndex small) {
        return Math.toIntExact(Math.ceilDiv(bytes, small.memory().layout().strideBytes()));
    }

    private static void assertAnswersAs(HnswIndex small, HnswIndex large) {
        OrdinalBitSet nodes = new OrdinalBitSet(large.size());
        for (int node = 0; node < NODES; node++) {
            nodes.add(SpreadIndex.place(node, NODES, large.size()));
        }
        for (int node = 0; node < NODES; node += 7) {
            assertAnswersAs(small, large, node, new SearchRequest(), null);
        }
        assertAnswersAs(small, large, NODES - 1, new SearchRequest(), null);
        for (FilterRegime regime : FilterRegime.values()) {
            SearchRequest filtered = new SearchRequest().filter(nodes);
            assertAnswersAs(small, large, NODES - 1, filtered, regime);
        }
        assertAnswersAs(small, large, NODES - 1, new SearchRequest().resumable(true), null);
    }

    private static void assertAnswersAs(
            HnswIndex small,
            HnswIndex large,
            int node,
            SearchRequest request,
            @Nullable FilterRegime regime) {
        float[] query = query(small, node);
        SearchScratch smallScratch = small.newScratch(K, NODES);
        SearchScratch scratch = large.newScratch(K, NODES);
        scratch.modes().force(regime);
        int[] expected = new int[K];
        float[] expectedScores = new float[K];
        int[] found = new int[K];
        float[] scores = new float[K];
        assertEquals(K, small.searchInto(smallScratch, query, K, NODES, expected, expectedScores));
        request.k(K).efSearch(NODES);
        assertEquals(K, large.searchInto(scratch, query, request, found, scores));
        assertEquals(node, expected[0]);
        for (int i = 0; i < K; i++) {
            int place = SpreadIndex.place(expected[i], NODES, large.size());
            assertEquals(place, found[i]);
            assertEquals(small.itemId(expected[i]), large.itemId(place));
            assertEquals(place, large.ordinalOf(small.itemId(expected[i])));
        }
        assertArrayEquals(expectedScores, scores);
        float[] row = new float[DIMENSION];
        float[] largeRow = new float[DIMENSION];
        small.vectorInto(node, row, 0);
        large.vectorInto(found[0], largeRow, 0);
        assertArrayEquals(row, largeRow);
    }

    /** Among the zeros, too, nothing is nearer than the row itself. */
    private static void assertExactAnswersAs(HnswIndex small, HnswIndex large) {
        FlatIndex exact = large.exact();
        int[] found = new int[1];
        exact.searchInto(
                exact.newScratch(1, 1), query(small, NODES - 1), 1, 1, found, new float[1]);
        assertEquals(large.size() - 1, found[0]);
    }

    /** Near a node, and nearest to it. */
    private static float[] query(HnswIndex small, int node) {
        float[] query = new float[DIMENSION];
        small.vectorInto(node, query, 0);
        for (int i = 0; i < DIMENSION; i += 2) {
            query[i] += 0.25f;
        }
        return query;
    }

    @Test
    void shouldInsertBehindTheOthersWhenLargerThanFourGigabytes() {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(NODES + 1, DIMENSION, 1);
                VectorSet some = firstOf(rows);
                HnswIndex small = HnswRecallTest.build(some, Metric.L2, 2, GraphLayout.F32);
                HnswIndex large = SpreadIndex.of(small, rowsOf(LARGE_BYTES, small));
                MutableHnswIndex index = MutableHnswIndex.copyOf(large, large.size() + 1)) {
            float[] vector = Worlds.row(rows, NODES);
            long newcomer = 2L * large.size();
            index.insert(newcomer, vector);
            HnswReader reader = index.newReader(K, NODES);
            long[] found = new long[K];
            assertEquals(K, reader.searchInto(vector, K, NODES, found, new float[K]));
            assertEquals(newcomer, found[0]);
            long last = small.itemId(NODES - 1);
            reader.searchInto(Worlds.row(rows, NODES - 1), K, NODES, found, new float[K]);
            assertEquals(last, found[0]);
            index.delete(last);
            reader.searchInto(Worlds.row(rows, NODES - 1), K, NODES, found, new float[K]);
            for (long id : found) {
                assertTrue(id != last, "deleted and yet answered");
            }
        }
    }

    private static VectorSet firstOf(VectorSet rows) {
        VectorSet some = VectorSet.allocate(NODES, DIMENSION);
        for (int i = 0; i < NODES; i++) {
            some.set(i, Worlds.row(rows, i), 0);
        }
        return some;
    }

    @Test
    void shouldKeepRowsApartWhenVectorsAreLargerThanFourGigabytes() {
        int count = Math.toIntExact(LARGE_BYTES / Float.BYTES / DIMENSION);
        try (VectorSet rows = VectorSet.allocate(count, DIMENSION)) {
            float[] ones = new float[DIMENSION];
            Arrays.fill(ones, 1);
            rows.set(count - 1, ones, 0);
            assertArrayEquals(ones, Worlds.row(rows, count - 1));
            assertArrayEquals(new float[DIMENSION], Worlds.row(rows, count - 2));
            int wrapped = (int) ((rows.offset(count - 1) & 0xFFFF_FFFFL) / rows.strideBytes());
            assertArrayEquals(new float[DIMENSION], Worlds.row(rows, wrapped));
            try (FlatIndex index = FlatIndex.over(rows, Worlds.ids(count), Metric.INNER_PRODUCT);
                    VectorSet queries = Worlds.of(ones)) {
                int[][] found = index.exactTopK(queries, 1, 2, ProgressListener.NONE);
                assertEquals(count - 1, found[0][0]);
            }
        }
    }
}
