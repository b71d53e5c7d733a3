package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.filter.OrdinalBitSet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches with a filter against a plain loop over the rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FilteredSearchTest {
    private static final int ROWS = 20_000;
    private static final int QUERIES = 25;
    private static final int K = 10;
    private static final int EF = 100;

    private final float[][] queries = ModeWorld.queries(QUERIES);
    private final ModeWorld.Ranking[] truth = new ModeWorld.Ranking[QUERIES];
    private VectorSet rows;
    private HnswIndex plain;
    private HnswIndex inlined;

    /** Which rows a filter accepts, seen from a query. */
    enum Kind {
        RANDOM,
        FAR,
        NEAR
    }

    @BeforeAll
    void build() {
        rows = ModeWorld.rows(ROWS, 1);
        plain = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.F32);
        inlined = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.INLINED);
        for (int q = 0; q < QUERIES; q++) {
            truth[q] = ModeWorld.rank(rows, Metric.L2, queries[q]);
        }
    }

    @AfterAll
    void close() {
        inlined.close();
        plain.close();
        rows.close();
    }

    @ParameterizedTest
    @CsvSource({
        "F32, RANDOM",
        "F32, FAR",
        "F32, NEAR",
        "INLINED, RANDOM",
        "INLINED, FAR",
        "INLINED, NEAR"
    })
    void shouldFindTheNearestWhenFiltered(GraphLayout layout, Kind kind) {
        for (double share : new double[] {0.9, 0.5, 0.3, 0.1, 0.01, 0.001}) {
            assertFound(layout, kind, share, null);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F32, RANDOM",
        "F32, FAR",
        "F32, NEAR",
        "INLINED, RANDOM",
        "INLINED, FAR",
        "INLINED, NEAR"
    })
    void shouldFindTheNearestWhenTheWalkIsMasked(GraphLayout layout, Kind kind) {
        for (double share : new double[] {0.2, 0.1, 0.03}) {
            assertFound(layout, kind, share, FilterRegime.MASKED);
        }
    }

    /** Too few for the walk, which must end in a scan. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindAllWhenFewerAreAcceptedThanWanted(GraphLayout layout) {
        for (FilterRegime regime : FilterRegime.values()) {
            SearchScratch scratch = index(layout).newScratch(K, EF);
            scratch.force(regime);
            OrdinalBitSet filter = new OrdinalBitSet(ROWS);
            for (int i = 1; i < K; i++) {
                filter.add(i == 1 ? ROWS - 1 : 17 * i);
            }
            int[] found = new int[K];
            SearchRequest request = new SearchRequest().k(K).efSearch(EF).filter(filter);
            for (int q = 0; q < QUERIES; q++) {
                int count =
                        index(layout).searchInto(scratch, queries[q], request, found, new float[K]);
                assertEquals(K - 1, count, regime.toString());
                assertEquals(K - 1, truth[q].hits(found, count, K - 1, filter));
            }
        }
    }

    private void assertFound(
            GraphLayout layout, Kind kind, double share, @Nullable FilterRegime regime) {
        HnswIndex index = index(layout);
        SearchScratch scratch = index.newScratch(K, EF);
        scratch.force(regime);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF);
        int[] found = new int[K];
        float[] scores = new float[K];
        int hits = 0;
        long most = 0;
        for (int q = 0; q < QUERIES; q++) {
            OrdinalBitSet filter = filter(kind, share, truth[q]);
            int count =
                    index.searchInto(scratch, queries[q], request.filter(filter), found, scores);
            assertEquals(Math.min(K, filter.cardinality()), count);
            hits += truth[q].hits(found, count, K, filter);
            for (int i = 1; i < count; i++) {
                assertTrue(scores[i] <= scores[i - 1], "out of order");
            }
            most = Math.max(most, scratch.visitedRows());
        }
        double recall = hits / (double) (QUERIES * K);
        String what = kind + " " + share + ": recall=" + recall + ", rows=" + most;
        assertTrue(recall >= 0.95, what);
        assertTrue(most > 0 && most <= ROWS, what);
    }

    private static OrdinalBitSet filter(Kind kind, double share, ModeWorld.Ranking ranking) {
        if (kind == Kind.RANDOM) {
            return ModeWorld.some(ROWS, share);
        }
        OrdinalBitSet filter = new OrdinalBitSet(ROWS);
        int count = (int) (ROWS * share);
        for (int i = 0; i < count; i++) {
            filter.add(ranking.row(kind == Kind.FAR ? ROWS - 1 - i : i));
        }
        return filter;
    }

    @Test
    void shouldFindNothingWhenTheFilterMatchesNothing() {
        for (VectorIndex index : new VectorIndex[] {plain, inlined, plain.exact()}) {
            SearchScratch scratch = index.newScratch(K, EF);
            SearchRequest request = new SearchRequest().filter(new OrdinalBitSet(ROWS));
            int[] found = new int[K];
            assertEquals(0, index.searchInto(scratch, queries[0], request, found, new float[K]));
            request.resumable(true);
            assertEquals(0, index.searchInto(scratch, queries[0], request, found, new float[K]));
        }
    }

    @Test
    void shouldRefuseWhenTheFilterIsOfAnotherSize() {
        SearchRequest request = new SearchRequest().filter(new OrdinalBitSet(ROWS - 1));
        for (VectorIndex index : new VectorIndex[] {plain, inlined, plain.exact()}) {
            SearchScratch scratch = index.newScratch(K, EF);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    index.searchInto(
                                            scratch,
                                            queries[0],
                                            request,
                                            new int[K],
                                            new float[K]));
            assertEquals(ErrorCode.MISMATCH, e.code());
            assertTrue(e.getMessage().contains("rows=19999, index=20000"), e.getMessage());
        }
    }

    private HnswIndex index(GraphLayout layout) {
        return layout == GraphLayout.F32 ? plain : inlined;
    }
}
