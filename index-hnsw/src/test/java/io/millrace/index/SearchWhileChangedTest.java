package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.index.graph.LiveGraphCheck;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;

/** Readers that never stop beside a writer that never does. */
final class SearchWhileChangedTest {
    private static final int ITEMS = 800;
    private static final int EDGE = 200;
    private static final int CHANGES = 1500;
    private static final int K = 20;

    /**
     * Counts each item's changes, four a life: 0 while it is away, 1 while it is inserted, 2 until
     * its deletion is over. One that stood at 0 and never moved was away.
     */
    private final AtomicLongArray lives = new AtomicLongArray(ITEMS);

    private volatile boolean isDone;

    @ParameterizedTest
    @EnumSource(GraphLayout.class)
    void shouldAnswerTheLivingWhenChangedMeanwhile(GraphLayout layout) throws Exception {
        try (VectorSet rows = Worlds.GAUSSIAN.rows(ITEMS, 32, 1);
                VectorSet none = VectorSet.allocate(0, 32);
                HnswIndex source = HnswRecallTest.build(none, Metric.L2, 1, layout);
                MutableHnswIndex index = MutableHnswIndex.copyOf(source, ITEMS);
                ExecutorService readers = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < ITEMS - EDGE; i++) {
                index.insert(i, Worlds.row(rows, i));
                lives.set(i, 2);
            }
            Future<Integer> one = readers.submit(() -> read(index, rows, 1));
            Future<Integer> other = readers.submit(() -> read(index, rows, 2));
            try {
                change(index, rows);
            } finally {
                isDone = true;
            }
            assertTrue(one.get() > 0);
            assertTrue(other.get() > 0);
            index.settle();
            LiveGraphCheck.checkSettled(index.live(), index.editor());
        }
    }

    private void change(MutableHnswIndex index, VectorSet rows) {
        SplitRandom random = new SplitRandom(5);
        for (int change = 0; change < CHANGES; change++) {
            int item = random.nextInt(ITEMS);
            boolean isHere = lives.get(item) % 4 == 2;
            if (isHere && random.nextInt(3) == 0) {
                // The item keeps its life; which of its vectors is answered is not told.
                index.upsert(item, Worlds.row(rows, random.nextInt(ITEMS)));
            } else if (isHere && index.size() > 2 * K) {
                index.delete(item);
                lives.addAndGet(item, 2);
            } else if (!isHere) {
                lives.incrementAndGet(item);
                index.insert(item, Worlds.row(rows, item));
                lives.incrementAndGet(item);
            }
        }
    }

    private int read(MutableHnswIndex index, VectorSet rows, long seed) {
        SplitRandom random = new SplitRandom(seed);
        HnswReader reader = index.newReader(K, 40);
        long[] found = new long[K];
        float[] scores = new float[K];
        long[] before = new long[ITEMS];
        int searches = 0;
        while (!isDone) {
            for (int i = 0; i < ITEMS; i++) {
                before[i] = lives.get(i);
            }
            float[] query = Worlds.row(rows, random.nextInt(ITEMS));
            assertEquals(K, reader.searchInto(query, K, 40, found, scores));
            Set<Long> distinct = new HashSet<>();
            for (int i = 0; i < K; i++) {
                int item = (int) found[i];
                assertTrue(distinct.add(found[i]), "answered twice");
                boolean wasAway = before[item] % 4 == 0 && lives.get(item) == before[item];
                assertTrue(!wasAway, "answered and yet away all the while: " + item);
                assertTrue(i == 0 || scores[i] <= scores[i - 1], "out of order");
            }
            searches++;
        }
        return searches;
    }
}
