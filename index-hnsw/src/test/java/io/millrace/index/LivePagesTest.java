package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/** Pages of a graph that changes between them, against a plain loop over the items alive. */
final class LivePagesTest {
    private static final int ITEMS = 1500;
    private static final int K = 20;
    private static final int EF = 100;
    private static final int QUERIES = 4;

    /** Rows are taken one after the other by whoever needs a new vector. */
    private final VectorSet rows = ModeWorld.rows(4 * ITEMS, 1);

    private final float[][] queries = ModeWorld.queries(QUERIES);
    private final Map<Long, float[]> alive = new TreeMap<>();
    private final Set<Long> answered = new HashSet<>();
    private final long[] found = new long[K];
    private final float[] scores = new float[K];
    private int nextRow;
    private int hits;
    private int wanted;

    @AfterEach
    void close() {
        rows.close();
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerEachItemOnceWhenNothingChanges(GraphLayout layout) {
        try (MutableHnswIndex index = index(layout, ITEMS)) {
            List<@Nullable LongPredicate> filters = new ArrayList<>();
            filters.add(null);
            filters.add(id -> id % 3 == 0);
            filters.add(id -> id % 300 == 0);
            for (LongPredicate filter : filters) {
                HnswReader reader = index.newReader(K, EF);
                int count = first(reader, queries[0], filter);
                while (count == K) {
                    count = next(reader, queries[0], filter);
                }
                long accepted = alive.keySet().stream().filter(id -> accepts(filter, id)).count();
                assertEquals(accepted, answered.size());
                assertEquals(0, next(reader, queries[0], filter));
            }
            assertHits(0.97);
        }
    }

    /** What the next page would answer goes, and what it would not comes. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerTheLivingWhenChangedBetweenPages(GraphLayout layout) {
        try (MutableHnswIndex index = index(layout, ITEMS)) {
            HnswReader reader = index.newReader(K, EF);
            for (float[] query : queries) {
                first(reader, query, null);
                for (int page = 0; page < 8; page++) {
                    List<Long> nearest = nearest(query, null);
                    for (int i = 0; i < 12; i++) {
                        delete(index, nearest.get(3 * i));
                        update(index, nearest.get(100 + i));
                        insert(index, 1_000_000 + nextRow);
                    }
                    // Comes back, and is not to be answered again.
                    long again = answered.iterator().next();
                    if (alive.containsKey(again)) {
                        delete(index, again);
                    }
                    insert(index, again);
                    if (page % 3 == 1) {
                        // All slots of the dead are used by others from now on.
                        index.settle();
                    }
                    next(reader, query, null);
                }
            }
            assertHits(0.95);
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldNotTakeNewItemForTheOneInWhosePlaceItIs(GraphLayout layout) {
        try (MutableHnswIndex index = index(layout, ITEMS)) {
            HnswReader reader = index.newReader(K, EF);
            float[] query = queries[0];
            first(reader, query, null);
            List<Long> nearest = nearest(query, null);
            Set<Integer> slots = new HashSet<>();
            for (long id : nearest.subList(0, K)) {
                slots.add(index.ids().slotOf(id));
                delete(index, id);
            }
            index.settle();
            float[] opposite = query.clone();
            for (int i = 0; i < opposite.length; i++) {
                opposite[i] = -opposite[i];
            }
            Set<Long> far = new HashSet<>();
            for (long id = 2_000_000; !slots.isEmpty(); id++) {
                index.insert(id, opposite);
                alive.put(id, opposite);
                far.add(id);
                slots.remove(index.ids().slotOf(id));
                assertTrue(far.size() <= 2 * ITEMS, "slots are not used again");
                opposite = opposite.clone();
                opposite[0] += 0.01f;
            }
            assertEquals(K, next(reader, query, null));
            for (long id : found) {
                assertFalse(far.contains(id), "answered for its slot");
            }
            assertHits(0.9);
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldBeginAnewWhenMostIsGone(GraphLayout layout) {
        try (MutableHnswIndex index = index(layout, ITEMS)) {
            HnswReader reader = index.newReader(K, EF);
            float[] query = queries[1];
            first(reader, query, null);
            next(reader, query, null);
            for (long id : nearest(query, null).subList(0, ITEMS * 3 / 4)) {
                delete(index, id);
            }
            int count = next(reader, query, null);
            assertEquals(K, count);
            while (count == K) {
                count = next(reader, query, null);
            }
            for (long id : alive.keySet()) {
                assertTrue(answered.contains(id), "never answered: " + id);
            }
            assertHits(0.95);
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldBeginAnewWhenThousandsWereInsertedMeanwhile(GraphLayout layout) {
        try (MutableHnswIndex index = index(layout, 60)) {
            HnswReader reader = index.newReader(K, EF);
            float[] query = queries[2];
            first(reader, query, null);
            for (int i = 0; i < 4200; i++) {
                update(index, (long) (i % 60));
            }
            int count = next(reader, query, null);
            while (count == K) {
                count = next(reader, query, null);
            }
            assertEquals(alive.keySet(), answered);
            assertHits(0.95);
        }
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerWhatCameWhenThereWasNothing(GraphLayout layout) {
        try (MutableHnswIndex index = index(layout, 0)) {
            HnswReader reader = index.newReader(K, EF);
            assertEquals(0, first(reader, queries[0], null));
            assertEquals(0, next(reader, queries[0], null));
            for (long id = 0; id < K + 5; id++) {
                insert(index, id);
            }
            assertEquals(K, next(reader, queries[0], null));
            assertEquals(5, next(reader, queries[0], null));
            assertEquals(0, next(reader, queries[0], null));
        }
    }

    /** A range ends pages, and items that come into it are on the next. */
    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldStayInsideRange(GraphLayout layout) {
        try (MutableHnswIndex index = index(layout, ITEMS)) {
            HnswReader reader = index.newReader(K, EF);
            float[] query = queries[3];
            float least = (float) score(query, nearest(query, null).get(30)) + 1e-5f;
            SearchRequest request =
                    new SearchRequest().k(K).efSearch(EF).minScore(least).resumable(true);
            assertEquals(K, reader.searchInto(query, request, found, scores));
            assertFalse(reader.isTruncated());
            assertEquals(30 - K, reader.nextInto(found, scores));
            assertEquals(0, reader.nextInto(found, scores));
            index.insert(3_000_000, query);
            assertEquals(1, reader.nextInto(found, scores));
            assertEquals(3_000_000, found[0]);
            assertFalse(reader.isTruncated());
        }
    }

    private MutableHnswIndex index(GraphLayout layout, int count) {
        long[] ids = new long[count];
        try (VectorSet first = VectorSet.allocate(count, ModeWorld.DIMENSION)) {
            for (int i = 0; i < count; i++) {
                ids[i] = i;
                alive.put((long) i, fresh());
                first.set(i, vector(i), 0);
            }
            HnswParameters parameters =
                    HnswParameters.defaults(Metric.COSINE)
                            .withLayout(layout)
                            .withThreads(2)
                            .withEfConstruction(100);
            try (HnswIndex source =
                    HnswBuilder.build(first, ids, parameters, ProgressListener.NONE)) {
                return MutableHnswIndex.copyOf(source, 3 * ITEMS);
            }
        }
    }

    private float[] fresh() {
        return Worlds.row(rows, nextRow++ % rows.count());
    }

    private void insert(MutableHnswIndex index, long id) {
        alive.put(id, fresh());
        index.insert(id, vector(id));
    }

    private void update(MutableHnswIndex index, long id) {
        alive.put(id, fresh());
        assertFalse(index.upsert(id, vector(id)));
    }

    private void delete(MutableHnswIndex index, long id) {
        alive.remove(id);
        index.delete(id);
    }

    private int first(HnswReader reader, float[] query, @Nullable LongPredicate filter) {
        answered.clear();
        List<Long> expected = nearest(query, filter);
        SearchRequest request =
                new SearchRequest().k(K).efSearch(EF).itemFilter(filter).resumable(true);
        int count = reader.searchInto(query, request, found, scores);
        check(query, expected, count);
        return count;
    }

    private int next(HnswReader reader, float[] query, @Nullable LongPredicate filter) {
        List<Long> expected = nearest(query, filter);
        int count = reader.nextInto(found, scores);
        check(query, expected, count);
        return count;
    }

    /** Holds a page against the items alive that were not answered, best first. */
    private void check(float[] query, List<Long> expected, int count) {
        assertEquals(Math.min(K, expected.size()), count, "a page is not full");
        for (int i = 0; i < count; i++) {
            assertTrue(alive.containsKey(found[i]), "deleted and yet answered: " + found[i]);
            assertTrue(answered.add(found[i]), "answered twice: " + found[i]);
            assertEquals(score(query, found[i]), scores[i], 1e-4);
            assertTrue(i == 0 || scores[i] <= scores[i - 1], "out of order");
            hits += expected.subList(0, count).contains(found[i]) ? 1 : 0;
        }
        wanted += count;
    }

    private void assertHits(double share) {
        assertNotEquals(0, wanted);
        assertTrue(hits >= share * wanted, "hits=" + hits + " of " + wanted);
    }

    private List<Long> nearest(float[] query, @Nullable LongPredicate filter) {
        Map<Long, Double> byScore = new TreeMap<>();
        for (long id : alive.keySet()) {
            if (!answered.contains(id) && accepts(filter, id)) {
                byScore.put(id, score(query, id));
            }
        }
        List<Long> order = new ArrayList<>(byScore.keySet());
        order.sort(Comparator.comparing(byScore::get).reversed());
        return order;
    }

    private float[] vector(long id) {
        return Objects.requireNonNull(alive.get(id));
    }

    private double score(float[] query, long id) {
        return FlatIndexTest.score(Metric.COSINE, query, vector(id));
    }

    private static boolean accepts(@Nullable LongPredicate filter, long id) {
        return filter == null || filter.test(id);
    }
}
