package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.index.graph.LiveGraphCheck;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongPredicate;

/** Readers that never stop, of all kinds of searches, beside a writer that never does. */
final class SearchWhileChangedTest {
    private static final int ITEMS = 400;
    private static final int DIMENSION = 32;

    /** Item i may have the vector of any row i + v * ITEMS. */
    private static final int VERSIONS = 4;

    /** The first items are updated but never deleted, so that so many are always there. */
    private static final int STAYING = 60;

    private static final int EDGE = 100;
    private static final int K = 20;

    private final VectorSet rows = Worlds.GAUSSIAN.rows(VERSIONS * ITEMS, DIMENSION, 1);

    /**
     * Counts each item's changes, four a life: 0 while it is away, 1 while it is inserted, 2 until
     * its deletion is over. One that stood at 0 and never moved was away.
     */
    private final AtomicLongArray lives = new AtomicLongArray(ITEMS);

    private volatile boolean isDone;

    @AfterEach
    void close() {
        rows.close();
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerTheLivingWhenChangedMeanwhile(GraphLayout layout) throws Exception {
        run(layout, 500);
    }

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    @Tag("slow")
    void shouldAnswerTheLivingWhenChangedForLong(GraphLayout layout) throws Exception {
        run(layout, 20_000);
    }

    private void run(GraphLayout layout, int changes) throws Exception {
        try (VectorSet none = VectorSet.allocate(0, DIMENSION);
                HnswIndex source = HnswRecallTest.build(none, Metric.L2, 1, layout);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, ITEMS);
                ExecutorService readers = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < ITEMS - EDGE; i++) {
                index.insert(i, Worlds.row(rows, i));
                lives.set(i, 2);
            }
            Future<Integer> one = readers.submit(() -> read(index, 1));
            Future<Integer> other = readers.submit(() -> read(index, 2));
            try {
                change(index, changes);
            } finally {
                isDone = true;
            }
            assertTrue(one.get() > 0);
            assertTrue(other.get() > 0);
            index.settle();
            LiveGraphCheck.checkSettled(index.live(), index.editor());
        }
    }

    private void change(MutableHnswIndex index, int changes) {
        SplitRandom random = new SplitRandom(5);
        for (int change = 0; change < changes; change++) {
            int item = random.nextInt(ITEMS);
            float[] vector = Worlds.row(rows, item + ITEMS * random.nextInt(VERSIONS));
            boolean isHere = lives.get(item) % 4 == 2;
            if (isHere && (item < STAYING || random.nextInt(3) == 0)) {
                index.upsert(item, vector);
            } else if (isHere) {
                index.delete(item);
                lives.addAndGet(item, 2);
            } else {
                lives.incrementAndGet(item);
                index.insert(item, vector);
                lives.incrementAndGet(item);
            }
            if (change % 250 == 0) {
                checkCopy(index);
            }
        }
    }

    private static void checkCopy(MutableHnswIndex index) {
        try (HnswIndex copy = index.snapshot()) {
            assertEquals(index.size(), copy.size());
            assertEquals(0, GraphCheck.check(copy, 10, 1).unreachable());
        }
    }

    private int read(MutableHnswIndex index, long seed) {
        SplitRandom random = new SplitRandom(seed);
        HnswReader reader = index.newReader(K, 60);
        long[] found = new long[K];
        float[] scores = new float[K];
        long[] before = new long[ITEMS];
        int searches = 0;
        while (!isDone) {
            for (int i = 0; i < ITEMS; i++) {
                before[i] = lives.get(i);
            }
            float[] query = Worlds.row(rows, random.nextInt(rows.count()));
            float[] second = Worlds.row(rows, random.nextInt(rows.count()));
            SearchRequest request = new SearchRequest().k(K).efSearch(40);
            int count =
                    switch (searches % 7) {
                        case 0 -> reader.searchInto(query, K, 40, found, scores);
                        case 1 -> reader.searchInto(query, request, found, scores);
                        case 2 ->
                                reader.searchInto(
                                        query,
                                        request.itemFilter(SearchWhileChangedTest::isInHalf),
                                        found,
                                        scores);
                        case 3 ->
                                reader.searchInto(
                                        query,
                                        request.itemFilter(SearchWhileChangedTest::isOfFew),
                                        found,
                                        scores);
                        case 4 -> reader.searchInto(query, request.minScore(-1e9f), found, scores);
                        case 5 -> reader.searchInto(query, request.resumable(true), found, scores);
                        default ->
                                reader.searchAnyInto(
                                        new float[][] {query, second}, request, found, scores);
                    };
            assertEquals(K, count, "answers are not full");
            checkAnswers(before, found, request.itemFilter());
            for (int i = 0; i < K; i++) {
                assertTrue(i == 0 || scores[i] <= scores[i - 1], "out of order");
                boolean isAny = searches % 7 == 6;
                assertTrue(
                        isScore(query, (int) found[i], scores[i])
                                || (isAny && isScore(second, (int) found[i], scores[i])),
                        "the score of no vector the item ever had");
            }
            if (request.isResumable()) {
                readOn(reader, query, found, before);
            }
            searches++;
        }
        return searches;
    }

    /** Two more pages; there are always enough items for them. */
    private void readOn(HnswReader reader, float[] query, long[] first, long[] before) {
        Set<Long> distinct = new HashSet<>();
        for (long id : first) {
            distinct.add(id);
        }
        long[] found = new long[K];
        float[] scores = new float[K];
        for (int page = 0; page < 2; page++) {
            for (int i = 0; i < ITEMS; i++) {
                before[i] = lives.get(i);
            }
            assertEquals(K, reader.nextInto(found, scores), "a page is not full");
            checkAnswers(before, found, null);
            for (int i = 0; i < K; i++) {
                assertTrue(distinct.add(found[i]), "answered by two pages");
                assertTrue(i == 0 || scores[i] <= scores[i - 1], "out of order");
                assertTrue(
                        isScore(query, (int) found[i], scores[i]),
                        "the score of no vector the item ever had");
            }
        }
    }

    private static boolean isInHalf(long id) {
        return id % 2 == 0;
    }

    private static boolean isOfFew(long id) {
        return id < STAYING / 2;
    }

    private void checkAnswers(long[] before, long[] found, @Nullable LongPredicate filter) {
        Set<Long> distinct = new HashSet<>();
        for (long id : found) {
            int item = (int) id;
            assertTrue(distinct.add(id), "answered twice");
            assertTrue(filter == null || filter.test(id), "not accepted");
            boolean wasAway = before[item] % 4 == 0 && lives.get(item) == before[item];
            assertTrue(!wasAway, "answered and yet away all the while: " + item);
        }
    }

    private boolean isScore(float[] query, int item, float score) {
        for (int version = 0; version < VERSIONS; version++) {
            double expected =
                    FlatIndexTest.score(Metric.L2, query, Worlds.row(rows, item + version * ITEMS));
            if (Math.abs(expected - score) <= 1e-3 * (1 + Math.abs(expected))) {
                return true;
            }
        }
        return false;
    }
}
