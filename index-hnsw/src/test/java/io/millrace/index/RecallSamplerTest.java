package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.index.calibrate.RecallSampler;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.NodeLayout;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;

/** A sampler must see what an index has lost, and cost its searchers nothing. */
final class RecallSamplerTest {
    private static final int ROWS = 1000;
    private static final int DIMENSION = 12;
    private static final int K = 10;
    private static final int EF = 64;
    private static final int QUERIES = 300;

    private VectorSet rows;
    private VectorSet queries;
    private HnswIndex index;
    private final int[] ordinals = new int[K];
    private final float[] scores = new float[K];

    @BeforeEach
    void build() {
        rows = Worlds.GAUSSIAN.rows(ROWS, DIMENSION, 1);
        queries = Worlds.GAUSSIAN.rows(QUERIES, DIMENSION, 2);
        index = HnswRecallTest.build(rows, Metric.L2, 2);
    }

    @AfterEach
    void close() {
        index.close();
        queries.close();
        rows.close();
    }

    @Test
    void shouldKnowTheRecallWhenEverySearchIsCompared() {
        try (RecallSampler sampler = new RecallSampler(index.exact(), K, 1)) {
            RecallSampler.Tap tap = sampler.newTap();
            searchAll(sampler, tap, true);
            RecallSampler.Estimate estimate = sampler.estimate();
            assertEquals(QUERIES, estimate.searches());
            assertEquals(HnswRecallTest.recall(index, queries, K, EF), estimate.recall(), 1e-9);
            assertTrue(estimate.interval().low() > 0.98, estimate.toString());
        }
    }

    @Test
    void shouldSeeTheLossWhenLinksAreCut() {
        cutLinks();
        double recall = HnswRecallTest.recall(index, queries, K, EF);
        try (RecallSampler sampler = new RecallSampler(index.exact(), K, 3)) {
            RecallSampler.Tap tap = sampler.newTap();
            searchAll(sampler, tap, true);
            RecallSampler.Estimate estimate = sampler.estimate();
            assertEquals(QUERIES / 3, estimate.searches());
            assertTrue(
                    estimate.interval().low() <= recall && recall <= estimate.interval().high(),
                    recall + " outside " + estimate);
            assertTrue(estimate.interval().high() < 0.95, estimate.toString());
        }
    }

    @Test
    void shouldPassOverSearchesWhenTheLastIsNotComparedYet() {
        try (RecallSampler sampler = new RecallSampler(index.exact(), K, 2)) {
            RecallSampler.Tap tap = sampler.newTap();
            searchAll(sampler, tap, false);
            assertEquals(1, sampler.compare());
            assertEquals(0, sampler.compare());
            search(tap, 0);
            assertEquals(1, sampler.compare());
            tap.offer(Worlds.row(queries, 0), K + 1, null, scores, K);
            tap.offer(Worlds.row(queries, 0), K + 1, null, scores, K);
            assertEquals(0, sampler.compare());
        }
    }

    @Test
    @Timeout(20)
    void shouldCompareByItselfWhenStarted() throws InterruptedException {
        try (RecallSampler sampler = new RecallSampler(index.exact(), K, 1)) {
            AtomicReference<RecallSampler.@Nullable Estimate> told = new AtomicReference<>();
            sampler.start(1, told::set);
            RecallSampler.Tap tap = sampler.newTap();
            search(tap, 0);
            while (told.get() == null) {
                Thread.sleep(1);
            }
            assertEquals(1, sampler.estimate().searches());
            assertEquals(sampler.estimate(), told.get());
        }
        for (Thread each : Thread.getAllStackTraces().keySet()) {
            assertTrue(!each.getName().startsWith("millrace-recall"), each.getName());
        }
    }

    @Test
    @Timeout(60)
    void shouldAllocateNothingWhenWarm() {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] query = Worlds.row(queries, 0);
        try (RecallSampler sampler = new RecallSampler(index.exact(), K, 2)) {
            RecallSampler.Tap tap = sampler.newTap();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 1000 && least > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 100; i++) {
                    tap.offer(query, K, null, scores, K);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                sampler.compare();
            }
            assertEquals(0, least);
            assertTrue(sampler.estimate().searches() > 0);
        }
    }

    @Test
    void shouldCompareWithWhatWasAcceptedWhenASearchHadAFilter() {
        OrdinalBitSet odd = new OrdinalBitSet(index.size());
        for (int ordinal = 1; ordinal < index.size(); ordinal += 2) {
            odd.add(ordinal);
        }
        SearchScratch scratch = index.newScratch(K, EF);
        SearchRequest request = new SearchRequest().k(K).efSearch(EF).filter(odd);
        try (RecallSampler sampler = new RecallSampler(index.exact(), K, 1)) {
            RecallSampler.Tap tap = sampler.newTap();
            for (int i = 0; i < QUERIES; i++) {
                float[] vector = Worlds.row(queries, i);
                int count = index.searchInto(scratch, vector, request, ordinals, scores);
                tap.offer(vector, K, odd, scores, count);
                sampler.compare();
            }
            // Half of the true neighbours are not accepted.
            assertTrue(sampler.estimate().recall() > 0.9, sampler.estimate().toString());
        }
    }

    private void searchAll(RecallSampler sampler, RecallSampler.Tap tap, boolean isCompared) {
        for (int i = 0; i < QUERIES; i++) {
            search(tap, i);
            if (isCompared) {
                sampler.compare();
            }
        }
    }

    private void search(RecallSampler.Tap tap, int query) {
        float[] vector = Worlds.row(queries, query);
        SearchScratch scratch = index.newScratch(K, EF);
        int count = index.searchInto(scratch, vector, K, EF, ordinals, scores);
        tap.offer(vector, K, null, scores, count);
    }

    /** Every node keeps its first two links. */
    private void cutLinks() {
        NodeLayout layout = index.memory().layout();
        for (int node = 0; node < ROWS; node++) {
            for (int i = 2; i < 32; i++) {
                long offset = node * layout.strideBytes() + layout.linksOffset() + 4L * i;
                index.memory()
                        .records()
                        .set(ValueLayout.JAVA_INT_UNALIGNED, offset, LayeredGraph.NONE);
            }
        }
    }
}
