package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeSchema;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.predicate.Predicate;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches for rows that meet a predicate, against plain loops over the values of the rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PredicateSearchTest {
    /** So many that the rows a predicate accepts are estimated. */
    private static final int ROWS = FilterPlan.EXACT_ROWS + 3_000;

    private static final int K = FilterWorld.K;
    private static final int EF = FilterWorld.EF;
    private static final int PRICES = 10_000;

    private final int[] prices = new int[ROWS];
    private final int[] found = new int[K];
    private final float[] scores = new float[K];
    private FilterWorld world;
    private AttributeTable table;
    private FilterPlan cheaper;

    @BeforeAll
    void build() {
        world = new FilterWorld(ROWS);
        table = prices(ROWS);
        Int64Column column = (Int64Column) table.column("price");
        SplitRandom random = new SplitRandom(7);
        for (int row = 0; row < ROWS; row++) {
            prices[row] = random.nextInt(PRICES);
            column.set(row, prices[row]);
        }
        cheaper = FilterPlan.of(Predicate.compile("price < $1", table.schema()), table);
    }

    @AfterAll
    void close() {
        table.close();
        world.close();
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindTheNearestThatMeetThePredicate(GraphLayout layout) {
        HnswIndex index = world.index(layout);
        SearchScratch scratch = index.newScratch(K, EF);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF).predicate(cheaper);
        for (double share : new double[] {1, 0.9, 0.5, 0.35, 0.27, 0.2, 0.05, 0.001, 0}) {
            OrdinalBitSet expected = cheaperThan(share);
            int wanted = Math.min(K, expected.cardinality());
            int hits = 0;
            for (int q = 0; q < world.queryCount(); q++) {
                int count = index.searchInto(scratch, world.query(q), request, found, scores);
                assertEquals(wanted, count, "share=" + share);
                hits += wanted == 0 ? 0 : world.truth(q).hits(found, count, wanted, expected);
            }
            assertTrue(
                    hits >= 0.95 * wanted * world.queryCount(),
                    "share=" + share + ", hits=" + hits);
        }
    }

    /** What is estimated where rows are many must choose the way that a count would. */
    @Test
    void shouldChooseTheWayByHowManyRowsMeetThePredicate() {
        SearchScratch scratch = world.index(GraphLayout.F32).newScratch(K, EF);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF).predicate(cheaper);
        for (double share : new double[] {0.9, 0.4, 0.2, 0.1}) {
            cheaperThan(share);
            world.index(GraphLayout.F32)
                    .searchInto(scratch, world.query(0), request, found, scores);
            FilterRegime expected = FilterRegime.of((int) (share * ROWS), ROWS, EF);
            assertEquals(expected, scratch.filterRegime(), "share=" + share);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F32, 0.5, 0.6, false",
        "INLINED, 0.5, 0.6, false",
        "F32, 0.98, 0.6, false",
        "INLINED, 0.98, 0.6, false",
        "F32, 0.01, 0.6, false",
        // The set has next to nothing of what the predicate accepts.
        "F32, 0.9, 0.4, true",
        "INLINED, 0.9, 0.4, true"
    })
    void shouldFindRowsOfTheSetAloneWhenThereIsOneAsWell(
            GraphLayout layout, double set, double share, boolean isOther) {
        HnswIndex index = world.index(layout);
        OrdinalBitSet expected = cheaperThan(share);
        OrdinalBitSet some = ModeWorld.some(ROWS, set);
        if (isOther) {
            OrdinalBitSet cheap = ModeWorld.some(ROWS, 0.999);
            cheap.and(expected);
            some.andNot(cheap);
        }
        expected.and(some);
        int wanted = Math.min(K, expected.cardinality());
        SearchRequest request = new SearchRequest().k(K).efSearch(EF);
        request.filter(some).predicate(cheaper);
        SearchScratch scratch = index.newScratch(K, EF);
        int hits = 0;
        for (int q = 0; q < world.queryCount(); q++) {
            int count = index.searchInto(scratch, world.query(q), request, found, scores);
            assertEquals(wanted, count);
            hits += world.truth(q).hits(found, count, wanted, expected);
        }
        assertTrue(hits >= 0.95 * wanted * world.queryCount(), "hits=" + hits);
    }

    @Test
    void shouldAnswerExactlyWhenTheIndexIsExact() {
        try (FlatIndex flat = world.index(GraphLayout.F32).exact()) {
            SearchScratch scratch = flat.newScratch(K, EF);
            SearchRequest request = new SearchRequest().k(K).predicate(cheaper);
            for (double share : new double[] {0.5, 0.01}) {
                OrdinalBitSet expected = cheaperThan(share);
                for (int q = 0; q < world.queryCount(); q++) {
                    int count = flat.searchInto(scratch, world.query(q), request, found, scores);
                    assertEquals(K, world.truth(q).hits(found, count, K, expected));
                }
            }
        }
    }

    @Test
    void shouldAnswerTheSameWhenManyQueriesAreSharedOutToThreads() {
        HnswIndex index = world.index(GraphLayout.INLINED);
        int queries = world.queryCount();
        float[][] vectors = new float[queries][];
        int[][] rows = new int[queries][K];
        BatchSearcher.Answers answers = new BatchSearcher.Answers(queries);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF);
        OrdinalBitSet most = ModeWorld.some(ROWS, 0.9);
        OrdinalBitSet expected = cheaperThan(0.5);
        expected.and(most);
        for (int q = 0; q < queries; q++) {
            vectors[q] = world.query(q);
        }
        try (BatchSearcher searcher = new BatchSearcher(index, 3, K, EF)) {
            request.filter(most).predicate(cheaper);
            searcher.searchInto(vectors, request, rows, new float[queries][K], answers);
        }
        SearchScratch scratch = index.newScratch(K, EF);
        SearchRequest single = new SearchRequest().k(K).efSearch(EF).filter(expected);
        for (int q = 0; q < queries; q++) {
            assertEquals(K, answers.count(q));
            index.searchInto(scratch, vectors[q], single, found, scores);
            assertArrayEquals(found, rows[q]);
        }
    }

    @Test
    void shouldGoOnUnderThePredicateWhenPagesAreAskedFor() {
        HnswIndex index = world.index(GraphLayout.F32);
        SearchScratch scratch = index.newScratch(K, EF);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF).predicate(cheaper);
        OrdinalBitSet expected = cheaperThan(0.5);
        int[] all = new int[3 * K];
        int count =
                index.searchInto(scratch, world.query(0), request.resumable(true), found, scores);
        for (int page = 0; page < 3; page++) {
            assertEquals(K, count);
            System.arraycopy(found, 0, all, page * K, K);
            count = index.nextInto(scratch, found, scores);
        }
        assertTrue(world.truth(0).hits(all, 3 * K, 3 * K, expected) >= 3 * K - 1);
    }

    @Test
    void shouldRefuseWhenThePredicateIsOfOtherRows() {
        HnswIndex index = world.index(GraphLayout.F32);
        SearchScratch scratch = index.newScratch(K, EF);
        try (AttributeTable other = prices(ROWS - 1)) {
            FilterPlan plan = FilterPlan.of(Predicate.compile("price < 5", other.schema()), other);
            SearchRequest request = new SearchRequest().predicate(plan);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    index.searchInto(
                                            scratch, world.query(0), request, found, scores));
            assertEquals(ErrorCode.MISMATCH, e.code());
            assertEquals(
                    "filter of another index: rows=19383, index=19384; make it for this one",
                    e.getMessage());
        }
    }

    /** The rows cheaper than so large a part of all, which the predicate then accepts, too. */
    private OrdinalBitSet cheaperThan(double share) {
        int limit = (int) (share * PRICES);
        cheaper.setWhole(1, limit);
        OrdinalBitSet rows = new OrdinalBitSet(ROWS);
        for (int row = 0; row < ROWS; row++) {
            if (prices[row] < limit) {
                rows.add(row);
            }
        }
        return rows;
    }

    private static AttributeTable prices(int rows) {
        return AttributeTable.allocate(
                AttributeSchema.of(new Attribute("price", AttributeKind.INT64)), rows);
    }
}
