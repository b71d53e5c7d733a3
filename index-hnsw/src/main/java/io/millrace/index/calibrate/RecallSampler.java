package io.millrace.index.calibrate;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.LowPriority;
import io.millrace.index.FlatIndex;
import io.millrace.index.SearchRequest;
import io.millrace.index.SearchScratch;
import io.millrace.index.filter.OrdinalSet;
import io.millrace.index.recall.RecallInterval;
import io.millrace.index.recall.RecallTally;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Watches the recall of searches that are served: of every so many it keeps query and answer, and
 * compares them with exact search, on a thread of low priority ({@link #start}) or when told to
 * ({@link #compare}).
 *
 * <p>Threading: each searching thread has a {@link Tap} of its own; all else from any thread.
 * Allocation: none in a tap after construction. Ownership: reads the exact index, which must
 * outlive it.
 */
public final class RecallSampler implements AutoCloseable {
    /** One that is as near but for rounding will do. */
    private static final float ROUNDING = 1e-6f;

    private static final int REST_PER_WORK = 99;

    private final FlatIndex exact;
    private final int maxK;
    private final int every;
    private final SearchScratch scratch;
    private final SearchRequest request = new SearchRequest().efSearch(1);
    private final int[] ordinals;
    private final float[] best;
    private final List<Tap> taps = new CopyOnWriteArrayList<>();
    private final RecallTally tally = new RecallTally();
    private @Nullable Thread thread;

    /**
     * A sampler that has seen nothing yet.
     *
     * @param exact exact search over the rows that are searched.
     * @param maxK the largest k of searches that are kept.
     * @param every of how many searches of a thread one is kept, from 1.
     */
    public RecallSampler(FlatIndex exact, int maxK, int every) {
        if (maxK < 1 || every < 1) {
            throw MillraceException.usage(
                    "no such sample: max-k=%d, every=%d, least=1; raise them", maxK, every);
        }
        this.exact = exact;
        this.maxK = maxK;
        this.every = every;
        scratch = exact.newScratch(maxK, 1);
        ordinals = new int[maxK];
        best = new float[maxK];
    }

    /**
     * How many of the scores are among the best k.
     *
     * @param scores what was found.
     * @param found how many were.
     * @param last the k-th best score there is.
     * @return how many are as good, equals beyond rounding counted in.
     */
    static int hits(float[] scores, int found, float last) {
        float limit = last - ROUNDING * Math.abs(last);
        int hits = 0;
        for (int i = 0; i < found; i++) {
            hits += scores[i] >= limit ? 1 : 0;
        }
        return hits;
    }

    /**
     * A tap for one more searching thread.
     *
     * @return used by that thread alone.
     */
    public Tap newTap() {
        Tap tap = new Tap(this);
        taps.add(tap);
        return tap;
    }

    /**
     * Compares all that is kept with exact search.
     *
     * @return how many searches were compared.
     */
    public synchronized int compare() {
        int compared = 0;
        for (Tap tap : taps) {
            if (tap.isFull) {
                request.k(tap.k).filter(tap.accepted);
                int wanted = exact.searchInto(scratch, tap.query, request, ordinals, best);
                if (wanted > 0) {
                    tally.add(
                            Math.min(wanted, hits(tap.scores, tap.found, best[wanted - 1])),
                            wanted);
                }
                tap.isFull = false;
                compared++;
            }
        }
        return compared;
    }

    /**
     * What was seen so far.
     *
     * @return now.
     */
    public synchronized Estimate estimate() {
        return new Estimate(tally.queries(), tally.recall(), tally.interval());
    }

    /**
     * Compares on a thread of low priority from now on, until {@link #close}. An exact search of a
     * large index takes tens of milliseconds, which searches beside it feel: so the thread rests 99
     * times as long as it worked, and takes 1 % of a processor at most.
     *
     * @param pauseMs milliseconds between two rounds, at least.
     * @param listener told what was seen so far after each round that compared something, on that
     *     thread.
     */
    public synchronized void start(long pauseMs, Consumer<Estimate> listener) {
        if (thread != null) {
            return;
        }
        thread =
                LowPriority.newThread(
                        "millrace-recall-1", () -> compareUntilStopped(pauseMs, listener));
        thread.start();
    }

    private void compareUntilStopped(long pauseMs, Consumer<Estimate> listener) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                // Of the processor, not of the wall: a thread that waits for one disturbs nobody.
                long startNs = threads.getCurrentThreadCpuTime();
                if (compare() > 0) {
                    listener.accept(estimate());
                }
                long workedNs = threads.getCurrentThreadCpuTime() - startNs;
                long restMs = TimeUnit.NANOSECONDS.toMillis(REST_PER_WORK * workedNs);
                Thread.sleep(Math.max(pauseMs, restMs));
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the thread, and returns when it is gone. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            running = thread;
            thread = null;
        }
        if (running == null) {
            return;
        }
        running.interrupt();
        boolean isInterrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A running recall.
     *
     * @param searches how many were compared.
     * @param recall mean part of the true neighbours that they found; 1 before the first.
     * @param interval where the true recall lies.
     */
    public record Estimate(long searches, double recall, RecallInterval interval) {}

    /**
     * Where one thread offers its searches. It keeps one at a time: one that comes while the last
     * is not compared yet is passed over.
     */
    public static final class Tap {
        private final int maxK;
        private final int every;
        private final float[] query;
        private final float[] scores;
        private int searches;
        private int k;
        private @Nullable OrdinalSet accepted;
        private int found;

        /** Hands the search over, and the place back. */
        private volatile boolean isFull;

        private Tap(RecallSampler sampler) {
            maxK = sampler.maxK;
            every = sampler.every;
            query = new float[sampler.exact.dimension()];
            scores = new float[maxK];
        }

        /**
         * Counts a search and keeps it when its turn has come.
         *
         * @param searched the query, of the index's dimension.
         * @param wanted the k it was searched with; above the largest it is passed over.
         * @param filter what it accepted, which must stay as it is; null for all.
         * @param answers scores that were found.
         * @param count how many.
         */
        @HotPath
        public void offer(
                float[] searched,
                int wanted,
                @Nullable OrdinalSet filter,
                float[] answers,
                int count) {
            if (++searches < every) {
                return;
            }
            if (isFull || wanted > maxK) {
                // The next one, then.
                searches = every - 1;
                return;
            }
            searches = 0;
            System.arraycopy(searched, 0, query, 0, query.length);
            System.arraycopy(answers, 0, scores, 0, count);
            k = wanted;
            accepted = filter;
            found = count;
            isFull = true;
        }
    }
}
