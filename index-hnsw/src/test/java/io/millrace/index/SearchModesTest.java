package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

import java.util.Arrays;
import java.util.List;

/** Ranges, pages, budgets, several vectors and batches, against a plain loop over the rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SearchModesTest {
    private static final int ROWS = 4000;
    private static final int QUERIES = 20;
    private static final int MAX_K = 200;
    private static final int MAX_EF = 800;

    private final float[][] queries = ModeWorld.queries(QUERIES);
    private final ModeWorld.Ranking[] truth = new ModeWorld.Ranking[QUERIES];
    private final OrdinalBitSet all = ModeWorld.all(ROWS);
    private final int[] found = new int[MAX_K];
    private final float[] scores = new float[MAX_K];
    private VectorSet rows;
    private List<VectorIndex> indexes;

    @BeforeAll
    void build() {
        rows = ModeWorld.rows(ROWS, 1);
        HnswIndex plain = HnswRecallTest.build(rows, Metric.COSINE, 2, GraphLayout.F32);
        HnswIndex inlined = HnswRecallTest.build(rows, Metric.COSINE, 2, GraphLayout.INLINED);
        FlatIndex flat = FlatIndex.over(rows, Worlds.ids(ROWS), Metric.COSINE);
        indexes = List.of(plain, inlined, flat);
        for (int q = 0; q < QUERIES; q++) {
            truth[q] = ModeWorld.rank(rows, Metric.COSINE, queries[q]);
        }
    }

    @AfterAll
    void close() {
        indexes.forEach(VectorIndex::close);
        rows.close();
    }

    @Test
    void shouldAnswerAsBeforeWhenARequestAsksForNothingElse() {
        for (VectorIndex index : indexes) {
            SearchScratch scratch = index.newScratch(MAX_K, MAX_EF);
            int[] expected = new int[MAX_K];
            float[] expectedScores = new float[MAX_K];
            SearchRequest request = new SearchRequest().k(30).efSearch(70);
            for (float[] query : queries) {
                assertEquals(
                        30, index.searchInto(scratch, query, 30, 70, expected, expectedScores));
                assertEquals(30, index.searchInto(scratch, query, request, found, scores));
                assertArrayEquals(Arrays.copyOf(expected, 30), Arrays.copyOf(found, 30));
                assertArrayEquals(Arrays.copyOf(expectedScores, 30), Arrays.copyOf(scores, 30));
                assertFalse(scratch.isTruncated());
            }
        }
    }

    @Test
    void shouldFindAllInsideWhenSearchedByRange() {
        OrdinalBitSet tenth = ModeWorld.some(ROWS, 0.1);
        for (VectorIndex index : indexes) {
            SearchScratch scratch = index.newScratch(MAX_K, MAX_EF);
            for (@Nullable OrdinalBitSet filter : new @Nullable OrdinalBitSet[] {null, tenth}) {
                int hits = 0;
                int wanted = 0;
                for (int q = 0; q < QUERIES; q++) {
                    OrdinalBitSet set = filter == null ? all : filter;
                    int inside = 1 + 9 * q;
                    float least = (float) middle(truth[q], inside, set);
                    SearchRequest request =
                            new SearchRequest()
                                    .k(MAX_K)
                                    .efSearch(64)
                                    .minScore(least)
                                    .filter(filter);
                    int count = index.searchInto(scratch, queries[q], request, found, scores);
                    assertFalse(scratch.isTruncated());
                    assertTrue(count <= inside);
                    assertTrue(count == 0 || scores[count - 1] >= least);
                    hits += truth[q].hits(found, count, inside, set);
                    wanted += inside;
                    request.k(inside / 2);
                    count = index.searchInto(scratch, queries[q], request, found, scores);
                    assertEquals(inside / 2, count);
                    assertEquals(count > 0, scratch.isTruncated());
                }
                double recall = hits / (double) wanted;
                assertTrue(recall >= 0.95, "recall=" + recall);
            }
            SearchRequest none = new SearchRequest().minScore(1.5f);
            assertEquals(0, index.searchInto(scratch, queries[0], none, found, scores));
            assertFalse(scratch.isTruncated());
        }
    }

    /** A score between that of one row and the next. */
    private static double middle(ModeWorld.Ranking ranking, int k, OrdinalBitSet set) {
        return (ranking.scoreAt(k, set) + ranking.scoreAt(k + 1, set)) / 2;
    }

    @Test
    void shouldGoOnWhenResumed() {
        OrdinalBitSet tenth = ModeWorld.some(ROWS, 0.1);
        for (VectorIndex index : indexes) {
            for (@Nullable OrdinalBitSet filter : new @Nullable OrdinalBitSet[] {null, tenth}) {
                OrdinalBitSet set = filter == null ? all : filter;
                for (@Nullable FilterRegime regime :
                        new @Nullable FilterRegime[] {null, FilterRegime.MASKED}) {
                    assertPages(index, filter, set, regime);
                }
            }
        }
    }

    private void assertPages(
            VectorIndex index,
            @Nullable OrdinalBitSet filter,
            OrdinalBitSet set,
            @Nullable FilterRegime regime) {
        SearchScratch scratch = index.newScratch(MAX_K, MAX_EF);
        scratch.force(regime);
        SearchRequest request =
                new SearchRequest().k(15).efSearch(60).filter(filter).resumable(true);
        int[] pages = new int[150];
        int[] page = new int[15];
        int hits = 0;
        for (int q = 0; q < QUERIES; q++) {
            assertEquals(15, index.searchInto(scratch, queries[q], request, pages, scores));
            for (int from = 15; from < pages.length; from += 15) {
                assertEquals(15, index.nextInto(scratch, page, scores));
                System.arraycopy(page, 0, pages, from, 15);
            }
            hits += truth[q].hits(pages, pages.length, pages.length, set);
        }
        double recall = hits / (double) (QUERIES * pages.length);
        assertTrue(recall >= 0.97, "recall=" + recall);
    }

    @Test
    void shouldAnswerEachRowOnceWhenResumedToTheEnd() {
        OrdinalBitSet tenth = ModeWorld.some(ROWS, 0.1);
        for (VectorIndex index : indexes) {
            for (@Nullable OrdinalBitSet filter : new @Nullable OrdinalBitSet[] {null, tenth}) {
                SearchScratch scratch = index.newScratch(MAX_K, MAX_EF);
                scratch.force(FilterRegime.MASKED);
                SearchRequest request =
                        new SearchRequest().k(170).efSearch(50).filter(filter).resumable(true);
                int[] pages = new int[ROWS + MAX_K];
                int total = 0;
                int count = index.searchInto(scratch, queries[0], request, found, scores);
                while (count > 0) {
                    System.arraycopy(found, 0, pages, total, count);
                    total += count;
                    count = index.nextInto(scratch, found, scores);
                }
                assertFalse(scratch.isTruncated());
                OrdinalBitSet set = filter == null ? all : filter;
                assertEquals(set.cardinality(), total);
                assertEquals(total, truth[0].hits(pages, total, total, set));
                assertEquals(0, index.nextInto(scratch, found, scores));
            }
        }
    }

    @Test
    void shouldAnswerEachRowOnceAtItsBestWhenAskedBySeveralVectors() {
        for (VectorIndex index : indexes) {
            SearchScratch scratch = index.newScratch(MAX_K, MAX_EF);
            SearchRequest request = new SearchRequest().k(40).efSearch(150);
            int hits = 0;
            for (int q = 0; q + 2 < QUERIES; q++) {
                // The second is close to the first, so that both find the same rows.
                float[] near = queries[q].clone();
                near[0] += 0.1f;
                float[][] several = {queries[q], near, queries[q + 1], queries[q + 2]};
                ModeWorld.Ranking best = ModeWorld.rank(rows, Metric.COSINE, several);
                assertEquals(40, index.searchAnyInto(scratch, several, request, found, scores));
                assertFalse(scratch.isTruncated());
                hits += best.hits(found, 40, 40, all);
                for (int i = 0; i < 40; i++) {
                    assertEquals(best.score(found[i]), scores[i], 1e-4);
                    assertTrue(i == 0 || scores[i] <= scores[i - 1]);
                }
            }
            double recall = hits / (40.0 * (QUERIES - 2));
            assertTrue(recall >= 0.97, "recall=" + recall);
            assertEquals(0, index.searchAnyInto(scratch, new float[0][], request, found, scores));
        }
    }

    @Test
    void shouldAnswerAsOneByOneWhenManyAreAskedAtOnce() {
        SearchRequest request =
                new SearchRequest().k(20).filter(ModeWorld.some(ROWS, 0.7)).minScore(0.5f);
        for (VectorIndex index : indexes) {
            SearchScratch scratch = index.newScratch(20, 64);
            for (int threads : new int[] {1, 3}) {
                int[][] ordinals = new int[QUERIES][20];
                float[][] batchScores = new float[QUERIES][20];
                BatchSearcher.Answers answers = new BatchSearcher.Answers(QUERIES);
                try (BatchSearcher batch = new BatchSearcher(index, threads, 20, 64)) {
                    batch.searchInto(queries, request, ordinals, batchScores, answers);
                    float[][] bad = queries.clone();
                    bad[7] = bad[7].clone();
                    bad[7][3] = Float.NaN;
                    assertFails(
                            ErrorCode.BAD_INPUT,
                            "query=7",
                            () -> batch.searchInto(bad, request, ordinals, batchScores, answers));
                }
                for (int q = 0; q < QUERIES; q++) {
                    int count = index.searchInto(scratch, queries[q], request, found, scores);
                    assertEquals(count, answers.count(q));
                    assertEquals(scratch.isTruncated(), answers.isTruncated(q));
                    assertArrayEquals(
                            Arrays.copyOf(found, count), Arrays.copyOf(ordinals[q], count));
                    assertArrayEquals(
                            Arrays.copyOf(scores, count), Arrays.copyOf(batchScores[q], count));
                }
            }
        }
    }

    /** The clock goes on by one with every look. */
    @Test
    void shouldAnswerWhatItHasWhenTimeIsOver() {
        for (VectorIndex index : indexes) {
            SearchScratch scratch = index.newScratch(MAX_K, MAX_EF);
            long[] now = {Long.MAX_VALUE - 3};
            scratch.effort().setClock(() -> now[0]++);
            SearchRequest request = new SearchRequest().k(50).efSearch(MAX_EF);
            long before = 0;
            for (int budget : new int[] {1, 2, 3}) {
                request.budgetNs(budget);
                int count = index.searchInto(scratch, queries[0], request, found, scores);
                assertTrue(scratch.isTruncated());
                assertTrue(count > 0 && count <= 50);
                for (int i = 0; i < count; i++) {
                    assertEquals(truth[0].score(found[i]), scores[i], 1e-4);
                }
                assertTrue(scratch.visitedRows() > before, "no more for more time");
                before = scratch.visitedRows();
            }
            assertTrue(before < ROWS);
            request.budgetNs(1_000_000);
            assertEquals(50, index.searchInto(scratch, queries[0], request, found, scores));
            assertFalse(scratch.isTruncated());
            long whole = scratch.visitedRows();
            request.withoutBudget();
            assertEquals(50, index.searchInto(scratch, queries[0], request, found, scores));
            assertEquals(whole, scratch.visitedRows());
        }
    }

    @Test
    void shouldShareTheTimeWhenAskedBySeveralVectors() {
        for (VectorIndex index : indexes) {
            SearchScratch scratch = index.newScratch(MAX_K, MAX_EF);
            long[] now = {0};
            scratch.effort().setClock(() -> now[0]++);
            SearchRequest request = new SearchRequest().k(50).efSearch(100).budgetNs(3);
            assertTrue(index.searchAnyInto(scratch, queries, request, found, scores) > 0);
            assertTrue(scratch.isTruncated());
            assertTrue(now[0] <= 5, "looks at the clock: " + now[0]);
        }
    }

    /** A page cut short by time loses nothing: the next ones bring it. */
    @Test
    void shouldMissNothingWhenPagesRunOutOfTime() {
        for (VectorIndex index : indexes.subList(0, 2)) {
            SearchScratch scratch = index.newScratch(MAX_K, MAX_EF);
            long[] now = {0};
            scratch.effort().setClock(() -> now[0]++);
            SearchRequest request =
                    new SearchRequest().k(MAX_K).efSearch(200).budgetNs(2).resumable(true);
            boolean[] seen = new boolean[ROWS];
            int total = 0;
            int count = index.searchInto(scratch, queries[0], request, found, scores);
            while (total < ROWS) {
                for (int i = 0; i < count; i++) {
                    assertFalse(seen[found[i]], "row twice");
                    seen[found[i]] = true;
                }
                total += count;
                assertTrue(count > 0, "rows left: " + (ROWS - total));
                count = total < ROWS ? index.nextInto(scratch, found, scores) : 0;
            }
            assertEquals(ROWS, total);
        }
    }

    @Test
    void shouldRefuseWhenTheRequestIsBad() {
        for (VectorIndex index : indexes) {
            SearchScratch scratch = index.newScratch(10, 64);
            assertFails(ErrorCode.USAGE, "budget-ns=0", new SearchRequest().budgetNs(0), index);
            assertFails(ErrorCode.USAGE, "budget-ns=-5", new SearchRequest().budgetNs(-5), index);
            assertFails(ErrorCode.USAGE, "NaN", new SearchRequest().minScore(Float.NaN), index);
            assertFails(ErrorCode.LIMIT, "k=11", new SearchRequest().k(11), index);
            assertFails(ErrorCode.USAGE, "k=-1", new SearchRequest().k(-1), index);
            assertFails(
                    ErrorCode.USAGE, "not resumable", () -> index.nextInto(scratch, found, scores));
            SearchRequest pages = new SearchRequest().resumable(true);
            assertFails(
                    ErrorCode.USAGE,
                    "no next page",
                    () -> index.searchAnyInto(scratch, queries, pages, found, scores));
            index.searchInto(scratch, queries[0], pages, found, scores);
            index.searchInto(scratch, queries[0], 5, 5, found, scores);
            assertFails(
                    ErrorCode.USAGE, "not resumable", () -> index.nextInto(scratch, found, scores));
            float[][] bad = {queries[0], queries[1].clone()};
            bad[1][2] = Float.NaN;
            assertFails(
                    ErrorCode.BAD_INPUT,
                    "query=1, queries=2",
                    () -> index.searchAnyInto(scratch, bad, new SearchRequest(), found, scores));
            SearchRequest nothing = new SearchRequest().k(0);
            assertEquals(0, index.searchInto(scratch, queries[0], nothing, found, scores));
            assertEquals(0, index.searchAnyInto(scratch, queries, nothing, found, scores));
        }
    }

    @Test
    void shouldAnswerAllWhenKIsMoreThanThereIs() {
        try (VectorSet few = ModeWorld.rows(7, 1)) {
            for (GraphLayout layout : GraphLayout.values()) {
                try (HnswIndex index = HnswRecallTest.build(few, Metric.L2, 1, layout)) {
                    SearchScratch scratch = index.newScratch(20, 20);
                    SearchRequest request = new SearchRequest().k(20);
                    request.efSearch(20);
                    assertEquals(7, index.searchInto(scratch, queries[0], request, found, scores));
                    assertEquals(7, index.searchAnyInto(scratch, queries, request, found, scores));
                    request.minScore(-1e9f);
                    assertEquals(7, index.searchInto(scratch, queries[0], request, found, scores));
                    assertFalse(scratch.isTruncated());
                    request.resumable(true);
                    assertEquals(7, index.searchInto(scratch, queries[0], request, found, scores));
                    assertEquals(0, index.nextInto(scratch, found, scores));
                }
            }
        }
    }

    private void assertFails(
            ErrorCode code, String part, SearchRequest request, VectorIndex index) {
        SearchScratch scratch = index.newScratch(10, 64);
        assertFails(
                code, part, () -> index.searchInto(scratch, queries[0], request, found, scores));
    }

    private static void assertFails(ErrorCode code, String part, Runnable action) {
        MillraceException e = assertThrows(MillraceException.class, action::run);
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
