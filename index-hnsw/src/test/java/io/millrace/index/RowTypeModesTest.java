package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.graph.RowType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Searches with filters, page by page, by range and by several vectors over rows of few bits,
 * against plain loops over the rows as they are kept.
 */
final class RowTypeModesTest {
    private static final int ROWS = 2000;
    private static final int QUERIES = 20;
    private static final int K = 10;
    private static final int EF = 150;

    private final float[][] queries = ModeWorld.queries(QUERIES);
    private final int[] found = new int[4 * K];
    private final float[] scores = new float[4 * K];

    @ParameterizedTest
    @CsvSource({"F32, BF16", "F32, INT8", "INLINED, BF16", "INLINED, INT8"})
    void shouldFindTheNearestInEveryModeWhenRowsAreRounded(GraphLayout layout, RowType type) {
        try (VectorSet rows = ModeWorld.rows(ROWS, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2, layout, type);
                VectorSet kept = kept(index)) {
            ModeWorld.Ranking[] truth = new ModeWorld.Ranking[QUERIES];
            for (int q = 0; q < QUERIES; q++) {
                truth[q] = ModeWorld.rank(kept, Metric.L2, queries[q]);
            }
            for (FilterRegime regime : FilterRegime.values()) {
                checkFiltered(index, regime, truth);
            }
            checkPages(index, truth);
            checkRange(index, truth);
            checkSeveral(index, kept);
        }
    }

    private static VectorSet kept(HnswIndex index) {
        VectorSet kept = VectorSet.allocate(index.size(), index.dimension());
        float[] vector = new float[index.dimension()];
        for (int row = 0; row < index.size(); row++) {
            index.vectorInto(row, vector, 0);
            kept.set(row, vector, 0);
        }
        return kept;
    }

    private void checkFiltered(HnswIndex index, FilterRegime regime, ModeWorld.Ranking[] truth) {
        OrdinalBitSet third = ModeWorld.some(ROWS, 0.3);
        SearchScratch scratch = index.newScratch(K, EF);
        scratch.modes().force(regime);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF).filter(third);
        int hits = 0;
        for (int q = 0; q < QUERIES; q++) {
            assertEquals(K, index.searchInto(scratch, queries[q], request, found, scores));
            hits += truth[q].hits(found, K, K, third);
        }
        assertHits(hits, regime == FilterRegime.SCAN ? 1 : 0.95, K, regime.toString());
    }

    private void checkPages(HnswIndex index, ModeWorld.Ranking[] truth) {
        OrdinalBitSet all = ModeWorld.all(ROWS);
        SearchScratch scratch = index.newScratch(K, EF);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF).resumable(true);
        int[] page = new int[K];
        float[] pageScores = new float[K];
        int hits = 0;
        for (int q = 0; q < QUERIES; q++) {
            assertEquals(K, index.searchInto(scratch, queries[q], request, found, scores));
            for (int next = 1; next < 4; next++) {
                assertEquals(K, index.nextInto(scratch, page, pageScores));
                System.arraycopy(page, 0, found, next * K, K);
            }
            hits += truth[q].hits(found, 4 * K, 4 * K, all);
        }
        assertHits(hits, 0.95, 4 * K, "pages");
    }

    private void checkRange(HnswIndex index, ModeWorld.Ranking[] truth) {
        OrdinalBitSet all = ModeWorld.all(ROWS);
        SearchScratch scratch = index.newScratch(4 * K, EF);
        int hits = 0;
        for (int q = 0; q < QUERIES; q++) {
            double least = truth[q].scoreAt(K, all);
            double beyond = truth[q].scoreAt(K + 1, all);
            float middle = (float) ((least + beyond) / 2);
            SearchRequest request = new SearchRequest().k(4 * K).efSearch(EF).minScore(middle);
            int count = index.searchInto(scratch, queries[q], request, found, scores);
            for (int i = 0; i < count; i++) {
                assertTrue(scores[i] >= middle, "out of range");
            }
            hits += truth[q].hits(found, count, K, all);
        }
        assertHits(hits, 0.95, K, "range");
    }

    private void checkSeveral(HnswIndex index, VectorSet kept) {
        SearchScratch scratch = index.newScratch(K, EF);
        float[][] several = {queries[0], queries[1], queries[2]};
        SearchRequest request = new SearchRequest().k(K).efSearch(EF);
        assertEquals(K, index.searchAnyInto(scratch, several, request, found, scores));
        ModeWorld.Ranking best = ModeWorld.rank(kept, Metric.L2, several);
        assertTrue(best.hits(found, K, K, ModeWorld.all(ROWS)) >= K - 1);
    }

    private static void assertHits(int hits, double least, int perQuery, String what) {
        double recall = (double) hits / (QUERIES * perQuery);
        assertTrue(recall >= least, what + ": recall=" + recall);
    }
}
