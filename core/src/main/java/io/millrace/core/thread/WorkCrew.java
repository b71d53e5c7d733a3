package io.millrace.core.thread;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that share out a range in chunks, whoever is free taking the next. The caller works too
 * and returns when all is done; what was written before is seen by the workers, what they wrote is
 * seen by the caller.
 *
 * <p>Threading: used by one thread.
 */
public final class WorkCrew implements AutoCloseable {
    /** What is done with a chunk. */
    @FunctionalInterface
    public interface ChunkTask {
        /**
         * Works on a chunk.
         *
         * @param worker number of the worker, 0 to threads - 1; two calls at once never share it.
         * @param from first element.
         * @param to one past the last element.
         */
        void run(int worker, int from, int to);
    }

    private final int threads;
    private final ExecutorService helpers;

    /**
     * A crew.
     *
     * @param threads how many threads work, the caller among them.
     * @param role what they do, for their names.
     */
    public WorkCrew(int threads, String role) {
        this.threads = threads;
        AtomicInteger number = new AtomicInteger();
        helpers =
                Executors.newCachedThreadPool(
                        work -> {
                            String name = "millrace-" + role + "-" + number.incrementAndGet();
                            Thread thread = new Thread(work, name);
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * A crew for what is to be done soon: of a thread for each processor, but of one where it works
     * in the background ({@link LowPriority}).
     *
     * @param role what they do, for their names.
     * @return the crew.
     */
    public static WorkCrew here(String role) {
        return new WorkCrew(LowPriority.threads(), role);
    }

    /**
     * How many threads work.
     *
     * @return from 1.
     */
    public int threads() {
        return threads;
    }

    /**
     * Works on all elements 0 to count - 1.
     *
     * @param count how many elements.
     * @param chunk how many are taken at a time.
     * @param task what is done; its first failure stops the work and is thrown here.
     */
    public void run(int count, int chunk, ChunkTask task) {
        Range range = new Range(count, chunk);
        List<Future<?>> pending = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, Math.ceilDiv(count, chunk)); i++) {
            int worker = i;
            pending.add(helpers.submit(() -> range.work(worker, task)));
        }
        Failure failure = new Failure();
        try {
            range.work(0, task);
        } catch (RuntimeException | Error e) {
            failure.add(e);
        }
        for (Future<?> future : pending) {
            await(future, range, failure);
        }
        failure.rethrow();
    }

    @Override
    public void close() {
        helpers.shutdown();
    }

    /** Waits to the end even when interrupted: the worker writes into memory of the caller. */
    private static void await(Future<?> future, Range range, Failure failure) {
        while (true) {
            try {
                future.get();
                return;
            } catch (InterruptedException e) {
                failure.isInterrupted = true;
                range.stop();
            } catch (ExecutionException e) {
                failure.add(e.getCause());
                return;
            }
        }
    }

    private static final class Failure {
        private @Nullable Throwable first;
        private boolean isInterrupted;

        void add(@Nullable Throwable cause) {
            if (first == null) {
                first = cause;
            }
        }

        void rethrow() {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
                throw MillraceException.of(
                        ErrorCode.UNAVAILABLE, "work was interrupted; start it again");
            }
            switch (first) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(first);
            }
        }
    }

    private static final class Range {
        private final AtomicLong next = new AtomicLong();
        private final int count;
        private final int chunk;

        Range(int count, int chunk) {
            this.count = count;
            this.chunk = chunk;
        }

        void work(int worker, ChunkTask task) {
            boolean isDone = false;
            try {
                for (long from = take(); from < count; from = take()) {
                    task.run(worker, (int) from, (int) Math.min(from + chunk, count));
                }
                isDone = true;
            } finally {
                if (!isDone) {
                    stop();
                }
            }
        }

        void stop() {
            next.set(count);
        }

        private long take() {
            return next.getAndAdd(chunk);
        }
    }
}
