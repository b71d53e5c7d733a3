package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.filter.OrdinalBitSet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongPredicate;

/**
 * Filters, ranges, budgets, several vectors and batches in graphs that have changed, with deleted
 * nodes in them, against a plain loop over the rows. Item i has row i.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LiveModesTest {
    private static final int ROWS = 2000;
    private static final int QUERIES = 15;
    private static final int MAX_K = 150;
    private static final int MAX_EF = 800;
    private static final int K = 10;
    private static final int EF = 100;

    private final float[][] queries = ModeWorld.queries(QUERIES);
    private final ModeWorld.Ranking[] truth = new ModeWorld.Ranking[QUERIES];
    private final Map<GraphLayout, MutableHnswIndex> indexes = new EnumMap<>(GraphLayout.class);
    private final OrdinalBitSet living = new OrdinalBitSet(ROWS);
    private final long[] found = new long[MAX_K];
    private final float[] scores = new float[MAX_K];
    private VectorSet rows;

    @BeforeAll
    void build() {
        rows = ModeWorld.rows(ROWS, 1);
        for (int q = 0; q < QUERIES; q++) {
            truth[q] = ModeWorld.rank(rows, Metric.COSINE, queries[q]);
        }
        living.fill();
        for (GraphLayout layout : GraphLayout.values()) {
            indexes.put(layout, changed(layout));
        }
    }

    /**
     * Half of the items come later, some get their vector by an update, the last changes delete.
     */
    private MutableHnswIndex changed(GraphLayout layout) {
        int half = ROWS / 2;
        long[] ids = new long[half];
        try (VectorSet first = VectorSet.allocate(half, ModeWorld.DIMENSION)) {
            for (int i = 0; i < half; i++) {
                ids[i] = i;
                first.set(i, Worlds.row(rows, i % 20 == 4 ? i + 1 : i), 0);
            }
            HnswParameters parameters =
                    HnswParameters.defaults(Metric.COSINE).withLayout(layout).withThreads(2);
            try (HnswIndex source =
                    HnswBuilder.build(
                            first,
                            ids,
                            parameters.withEfConstruction(100),
                            ProgressListener.NONE)) {
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, ROWS);
                for (int i = half; i < ROWS; i++) {
                    index.insert(i, Worlds.row(rows, i));
                }
                for (int i = 4; i < half; i += 20) {
                    assertFalse(index.upsert(i, Worlds.row(rows, i)));
                }
                for (int i = 3; i < ROWS; i += 50) {
                    living.remove(i);
                    index.delete(i);
                }
                // The last of them are neither mended around nor gone.
                assertTrue(index.tombstoneDebt().linked() > 0);
                return index;
            }
        }
    }

    @AfterAll
    void close() {
        indexes.values().forEach(MutableHnswIndex::close);
        rows.close();
    }

    private MutableHnswIndex index(GraphLayout layout) {
        return Objects.requireNonNull(indexes.get(layout));
    }

    private int[] ordinals(int count) {
        int[] ordinals = new int[count];
        for (int i = 0; i < count; i++) {
            ordinals[i] = Math.toIntExact(found[i]);
        }
        return ordinals;
    }

    /** Those of the living that a filter accepts. */
    private OrdinalBitSet accepted(LongPredicate filter) {
        OrdinalBitSet set = new OrdinalBitSet(ROWS);
        for (int i = 0; i < ROWS; i++) {
            if (living.contains(i) && filter.test(i)) {
                set.add(i);
            }
        }
        return set;
    }

    private static LongPredicate share(double share) {
        return id -> (SplitRandom.mix64(id) >>> 11) * 0x1.0p-53 < share;
    }

    /** The filter changes the index in the middle of a search, as another thread may. */
    @ParameterizedTest
    @ValueSource(ints = {20, 40})
    void shouldAnswerAnItemOnceWhenItGoesAndComesAgainMeanwhile(int wanted) {
        int few = 40;
        float[] query = Worlds.row(rows, 0);
        try (VectorSet none = VectorSet.allocate(0, ModeWorld.DIMENSION);
                HnswIndex source = HnswRecallTest.build(none, Metric.COSINE, 1, GraphLayout.F32);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, 2 * few)) {
            for (int i = 0; i < few; i++) {
                index.insert(i, Worlds.row(rows, i));
            }
            HnswReader reader = index.newReader(few, EF);
            int[] asked = new int[1];
            SearchRequest request = new SearchRequest().k(wanted).efSearch(EF);
            request.itemFilter(id -> id != 0 || ++asked[0] > 0);
            assertEquals(wanted, reader.searchInto(query, request, found, scores));
            // The last time it is asked about is when it is found.
            int last = asked[0];
            asked[0] = 0;
            request.itemFilter(
                    id -> {
                        if (id == 0 && ++asked[0] == last) {
                            index.delete(0);
                            index.insert(0, query);
                        }
                        return true;
                    });
            int count = reader.searchInto(query, request, found, scores);
            assertTrue(asked[0] > last, "found in both places");
            assertEquals(wanted, count);
            assertEquals(wanted, Arrays.stream(found, 0, count).distinct().count());
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindTheNearestWhenFiltered(GraphLayout layout) {
        for (double share : new double[] {1, 0.9, 0.5, 0.3, 0.1, 0.01, 0.001}) {
            assertFound(layout, q -> share(share), null, "share " + share);
        }
        for (double share : new double[] {0.5, 0.1}) {
            int most = (int) (share * ROWS);
            // Items that lie elsewhere than what the query is near to.
            assertFound(layout, q -> isAmongTheFar(truth[q], most), null, "far " + share);
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindTheNearestWhicheverWayIsGone(GraphLayout layout) {
        for (FilterRegime regime : FilterRegime.values()) {
            assertFound(layout, q -> share(0.3), regime, regime.toString());
            assertFound(layout, q -> share(0.002), regime, regime + " of few");
            assertFound(layout, q -> id -> false, regime, regime + " of none");
        }
    }

    private static LongPredicate isAmongTheFar(ModeWorld.Ranking ranking, int most) {
        OrdinalBitSet far = new OrdinalBitSet(ROWS);
        for (int i = 0; i < most; i++) {
            far.add(ranking.row(ROWS - 1 - i));
        }
        return id -> far.contains((int) id);
    }

    private interface FilterOfQuery {
        LongPredicate of(int query);
    }

    private void assertFound(
            GraphLayout layout, FilterOfQuery filters, @Nullable FilterRegime regime, String what) {
        HnswReader reader = index(layout).newReader(MAX_K, MAX_EF);
        reader.modes().force(regime);
        int hits = 0;
        int wanted = 0;
        for (int q = 0; q < QUERIES; q++) {
            LongPredicate filter = filters.of(q);
            OrdinalBitSet set = accepted(filter);
            LongPredicate checked =
                    id -> {
                        assertTrue(living.contains((int) id), "asked about a deleted item");
                        return filter.test(id);
                    };
            SearchRequest request = new SearchRequest().k(K).efSearch(EF).itemFilter(checked);
            int count = reader.searchInto(queries[q], request, found, scores);
            assertEquals(Math.min(K, set.cardinality()), count, what);
            assertFalse(reader.isTruncated());
            assertTrue(reader.visitedRows() <= 2 * ROWS, what);
            hits += truth[q].hits(ordinals(count), count, count, set);
            wanted += count;
            for (int i = 0; i < count; i++) {
                assertEquals(truth[q].score((int) found[i]), scores[i], 1e-4, what);
                assertTrue(i == 0 || scores[i] <= scores[i - 1], "out of order");
            }
        }
        assertTrue(hits >= 0.95 * wanted, what + ": hits=" + hits + " of " + wanted);
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldFindAllInsideWhenSearchedByRange(GraphLayout layout) {
        HnswReader reader = index(layout).newReader(MAX_K, MAX_EF);
        for (double share : new double[] {1, 0.5}) {
            OrdinalBitSet set = accepted(share(share));
            int hits = 0;
            int wanted = 0;
            for (int q = 0; q < QUERIES; q++) {
                int inside = 1 + 9 * q;
                float least =
                        (float)
                                ((truth[q].scoreAt(inside, set) + truth[q].scoreAt(inside + 1, set))
                                        / 2);
                SearchRequest request = new SearchRequest().k(MAX_K).efSearch(64).minScore(least);
                request.itemFilter(share == 1 ? null : share(share));
                int count = reader.searchInto(queries[q], request, found, scores);
                assertFalse(reader.isTruncated());
                assertTrue(count <= inside);
                hits += truth[q].hits(ordinals(count), count, inside, set);
                wanted += inside;
                request.k(inside / 2);
                count = reader.searchInto(queries[q], request, found, scores);
                assertEquals(inside / 2, count);
                assertEquals(count > 0, reader.isTruncated());
            }
            assertTrue(hits >= 0.95 * wanted, "hits=" + hits + " of " + wanted);
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerEachItemOnceAtItsBestWhenAskedBySeveralVectors(GraphLayout layout) {
        HnswReader reader = index(layout).newReader(MAX_K, MAX_EF);
        LongPredicate half = share(0.5);
        OrdinalBitSet set = accepted(half);
        SearchRequest request = new SearchRequest().k(40).efSearch(150).itemFilter(half);
        int hits = 0;
        for (int q = 0; q + 1 < QUERIES; q++) {
            // The second is close to the first, so that both find the same rows.
            float[] near = queries[q].clone();
            near[0] += 0.1f;
            float[][] several = {queries[q], near, queries[q + 1]};
            ModeWorld.Ranking best = ModeWorld.rank(rows, Metric.COSINE, several);
            assertEquals(40, reader.searchAnyInto(several, request, found, scores));
            hits += best.hits(ordinals(40), 40, 40, set);
            for (int i = 0; i < 40; i++) {
                assertEquals(best.score((int) found[i]), scores[i], 1e-4);
            }
        }
        assertTrue(hits >= 0.95 * 40 * (QUERIES - 1), "hits=" + hits);
        assertEquals(0, reader.searchAnyInto(new float[0][], request, found, scores));
    }

    /** The clock goes on by one with every look. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerWhatItHasWhenTimeIsOver(GraphLayout layout) {
        HnswReader reader = index(layout).newReader(MAX_K, MAX_EF);
        long[] now = {0};
        reader.effort().setClock(() -> now[0]++);
        SearchRequest request = new SearchRequest().k(50).efSearch(MAX_EF).budgetNs(2);
        int count = reader.searchInto(queries[0], request, found, scores);
        assertTrue(reader.isTruncated());
        assertTrue(count > 0 && count <= 50);
        for (int i = 0; i < count; i++) {
            assertEquals(truth[0].score((int) found[i]), scores[i], 1e-4);
        }
        request.budgetNs(1_000_000);
        assertEquals(50, reader.searchInto(queries[0], request, found, scores));
        assertFalse(reader.isTruncated());
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerAsOneByOneWhenManyAreAskedAtOnce(GraphLayout layout) {
        MutableHnswIndex index = index(layout);
        HnswReader reader = index.newReader(20, 64);
        SearchRequest request = new SearchRequest().k(20).itemFilter(share(0.7)).minScore(0.5f);
        long[][] ids = new long[QUERIES][20];
        float[][] batchScores = new float[QUERIES][20];
        BatchSearcher.Answers answers = new BatchSearcher.Answers(QUERIES);
        try (LiveBatchSearcher batch = new LiveBatchSearcher(index, 3, 20, 64)) {
            batch.searchInto(queries, request, ids, batchScores, answers);
            float[][] bad = queries.clone();
            bad[7] = new float[3];
            assertFails(
                    ErrorCode.BAD_INPUT,
                    "query=7",
                    () -> batch.searchInto(bad, request, ids, batchScores, answers));
        }
        for (int q = 0; q < QUERIES; q++) {
            int count = reader.searchInto(queries[q], request, found, scores);
            assertEquals(count, answers.count(q));
            assertEquals(reader.isTruncated(), answers.isTruncated(q));
            for (int i = 0; i < count; i++) {
                assertEquals(found[i], ids[q][i]);
            }
            assertArrayEquals(Arrays.copyOf(scores, count), Arrays.copyOf(batchScores[q], count));
        }
    }

    @Test
    void shouldRefuseWhenTheIndexCouldNotDoIt() {
        MutableHnswIndex index = index(GraphLayout.F32);
        HnswReader reader = index.newReader(K, EF);
        assertFails(
                ErrorCode.USAGE,
                "filter by item ids",
                () -> search(reader, new SearchRequest().filter(new OrdinalBitSet(ROWS))));
        assertFails(
                ErrorCode.USAGE,
                "no next page",
                () ->
                        reader.searchAnyInto(
                                queries, new SearchRequest().resumable(true), found, scores));
        search(reader, new SearchRequest().resumable(true));
        search(reader, new SearchRequest());
        assertFails(ErrorCode.USAGE, "nothing to go on with", () -> reader.nextInto(found, scores));
        assertFails(
                ErrorCode.USAGE,
                "budget-ns=0",
                () -> search(reader, new SearchRequest().budgetNs(0)));
        assertFails(ErrorCode.LIMIT, "k=11", () -> search(reader, new SearchRequest().k(K + 1)));
        assertFails(
                ErrorCode.LIMIT,
                "ef=101",
                () -> search(reader, new SearchRequest().efSearch(EF + 1)));
        assertEquals(0, search(reader, new SearchRequest().k(0)));
        try (HnswIndex fixed = index.snapshot()) {
            SearchScratch scratch = fixed.newScratch(K, EF);
            SearchRequest request = new SearchRequest().itemFilter(id -> true);
            assertFails(
                    ErrorCode.USAGE,
                    "set of ordinals",
                    () -> fixed.searchInto(scratch, queries[0], request, new int[K], new float[K]));
        }
    }

    private int search(HnswReader reader, SearchRequest request) {
        return reader.searchInto(queries[0], request, found, scores);
    }

    private static void assertFails(ErrorCode code, String part, Runnable action) {
        MillraceException e = assertThrows(MillraceException.class, action::run);
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAllocateNothingWhenWarm(GraphLayout layout) {
        HnswReader reader = index(layout).newReader(K, EF);
        float[][] several = {queries[0], queries[1]};
        SearchRequest filtered = new SearchRequest().itemFilter(share(0.5));
        SearchRequest ranged = new SearchRequest().minScore(0.2f).budgetNs(Long.MAX_VALUE - 1);
        SearchRequest paged = new SearchRequest().itemFilter(share(0.5)).resumable(true);
        for (FilterRegime regime : FilterRegime.values()) {
            reader.modes().force(regime);
            long bytes =
                    WarmAllocation.bytesPerRound(
                            20,
                            () -> {
                                long count = 0;
                                for (float[] query : queries) {
                                    count += reader.searchInto(query, filtered, found, scores);
                                    count += reader.searchInto(query, ranged, found, scores);
                                    count += reader.searchAnyInto(several, filtered, found, scores);
                                    count += reader.searchInto(query, paged, found, scores);
                                    count += reader.nextInto(found, scores);
                                }
                                return count;
                            });
            assertEquals(0, bytes, regime.toString());
        }
    }
}
