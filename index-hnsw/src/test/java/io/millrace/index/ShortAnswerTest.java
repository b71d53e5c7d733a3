package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.graph.Effort;
import io.millrace.index.graph.LayoutSearcher;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.util.Arrays;

/**
 * Walks by codes that end with fewer rows than are asked for, because candidates that stood in the
 * beam more than once pushed others out: the index searches again by the rows themselves.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ShortAnswerTest {
    private static final int ROWS = 2000;
    private static final int DIMENSION = 64;
    private static final int K = 100;
    private static final int QUERIES = 300;

    private final int[] ordinals = new int[K];
    private final float[] scores = new float[K];
    private VectorSet rows;
    private HnswIndex index;

    @BeforeAll
    void build() {
        rows = Worlds.CLUSTERED.rows(ROWS, DIMENSION, 1);
        index =
                HnswBuilder.build(
                        rows,
                        Worlds.ids(ROWS),
                        HnswParameters.defaults(Metric.L2)
                                .withEfConstruction(100)
                                .withThreads(2)
                                .withLayout(GraphLayout.INLINED)
                                .withCodeBits(4),
                        ProgressListener.NONE);
    }

    @AfterAll
    void close() {
        index.close();
        rows.close();
    }

    @Test
    void shouldAnswerAllThatAreAskedForWhenTheWalkFallsShort() {
        SearchScratch scratch = index.newScratch(K, K);
        FlatIndex exact = index.exact();
        SearchScratch exactScratch = exact.newScratch(K, K);
        float[] best = new float[K];
        int shortWalks = 0;
        int hits = 0;
        for (int row = 0; row < QUERIES; row++) {
            float[] query = Worlds.row(rows, row);
            if (walk(query).found().size() == K) {
                continue;
            }
            shortWalks++;
            assertEquals(K, index.searchInto(scratch, query, K, K, ordinals, scores));
            assertEquals(K, Arrays.stream(ordinals).distinct().count());
            exact.searchInto(exactScratch, query, K, K, new int[K], best);
            for (float score : scores) {
                hits += score >= best[K - 1] ? 1 : 0;
            }
        }
        assertTrue(shortWalks > 0, "no walk was short: another test is needed");
        double recall = hits / (double) (K * shortWalks);
        assertTrue(recall >= 0.95, "recall=" + recall);
    }

    /** A row is hidden from its own search when an index is calibrated. */
    @Test
    void shouldNotFindTheHiddenRowWhenTheWalkFallsShort() {
        SearchScratch scratch = index.newScratch(K, K);
        int shortWalks = 0;
        for (int row = 0; row < QUERIES; row++) {
            float[] query = Worlds.row(rows, row);
            LayoutSearcher walk = searcher();
            walk.hide(row);
            if (!index.tryHide(scratch, row) || walk(walk, query).found().size() == K) {
                continue;
            }
            shortWalks++;
            assertEquals(K, index.searchInto(scratch, query, K, K, ordinals, scores));
            for (int ordinal : ordinals) {
                assertNotEquals(row, ordinal, "hidden and yet found");
            }
            index.tryHide(scratch, VectorIndex.NO_ORDINAL);
            assertEquals(K, index.searchInto(scratch, query, K, K, ordinals, scores));
            assertEquals(row, ordinals[0]);
        }
        assertTrue(shortWalks > 0, "no walk was short: another test is needed");
    }

    private LayoutSearcher walk(float[] query) {
        return walk(searcher(), query);
    }

    private LayoutSearcher walk(LayoutSearcher searcher, float[] query) {
        float[] stored = new float[DIMENSION];
        index.form().queryInto(query, stored);
        searcher.search(stored, K, K, null);
        return searcher;
    }

    private LayoutSearcher searcher() {
        return new LayoutSearcher(index.view(), K, K, new Effort());
    }
}
