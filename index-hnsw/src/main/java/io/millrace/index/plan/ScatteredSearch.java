package io.millrace.index.plan;

import io.millrace.index.HnswIndex;
import io.millrace.index.SearchScratch;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/**
 * Searches of an index and of copies of it in turn. What a search reads was thrown out of the
 * caches, and its pages out of the table of the processor, by those of the others: as it would be
 * in one index as large as all of them together.
 *
 * <p>Threading: one thread. Allocation: none while searches are timed. Ownership: owns the copies.
 */
final class ScatteredSearch implements AutoCloseable {
    /** The fastest counts: whatever else runs on the machine only makes it slower. */
    private static final int ROUNDS = 6;

    /** As long as so many rounds. */
    private static final int WARM_UP = 2;

    private static final double NS_PER_SECOND = 1e9;

    private static final int SEARCHES_PER_LOOK = 32;

    private final ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    private final List<HnswIndex> indexes = new ArrayList<>();

    /** Counts on over all rounds, so that each begins where the last one ended. */
    private int searches;

    /** Copies an index so often that there are so many of it, itself included. */
    ScatteredSearch(HnswIndex index, int count) {
        indexes.add(index);
        try {
            while (indexes.size() < count) {
                indexes.add(index.copy());
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Nanoseconds of a search: the mean of the fastest round of those that fill a time. */
    double searchNs(float[][] queries, int k, int ef, double seconds) {
        Walk walk = new Walk(queries, k, ef);
        double roundNs = seconds * NS_PER_SECOND / (WARM_UP + ROUNDS);
        walk.run(WARM_UP * roundNs);
        double best = Double.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            best = Math.min(best, walk.run(roundNs));
        }
        return best;
    }

    /** Searches with one effort. */
    private final class Walk {
        private final float[][] queries;
        private final int k;
        private final int ef;
        private final SearchScratch[] scratches;
        private final int[] ordinals;
        private final float[] scores;

        Walk(float[][] queries, int k, int ef) {
            this.queries = queries;
            this.k = k;
            this.ef = ef;
            scratches =
                    indexes.stream()
                            .map(index -> index.newScratch(k, ef))
                            .toArray(SearchScratch[]::new);
            ordinals = new int[k];
            scores = new float[k];
        }

        /** Nanoseconds of a search, the mean of as many as the time suffices for. */
        double run(double leastNs) {
            long startNs = nowNs();
            int first = searches;
            long elapsedNs;
            do {
                for (int i = 0; i < SEARCHES_PER_LOOK; i++) {
                    search();
                }
                elapsedNs = nowNs() - startNs;
            } while (elapsedNs < leastNs);
            return (double) elapsedNs / (searches - first);
        }

        /** Time that this thread had a processor, so that others who want one don't count. */
        private long nowNs() {
            return clock.isCurrentThreadCpuTimeSupported()
                    ? clock.getCurrentThreadCpuTime()
                    : System.nanoTime();
        }

        /** When all queries were searched for, each meets another copy than the last time. */
        private void search() {
            int query = searches % queries.length;
            int copy = (searches + searches / queries.length) % scratches.length;
            indexes.get(copy).searchInto(scratches[copy], queries[query], k, ef, ordinals, scores);
            searches++;
        }
    }

    /** Closes the copies; the index itself is the caller's. */
    @Override
    public void close() {
        indexes.stream().skip(1).forEach(HnswIndex::close);
    }
}
