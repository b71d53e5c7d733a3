package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few threads that share out the indexes of a range in small chunks. Which worker gets which
 * chunk is open, so the work on an index must not depend on the worker.
 *
 * <p>Threading: one caller, who waits.
 */
final class WorkCrew implements AutoCloseable {
    /** Works on a chunk. */
    interface Work {
        void run(int worker, int from, int to);
    }

    private final int workers;
    private final ExecutorService threads;

    WorkCrew(int workers) {
        this.workers = workers;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                Executors.newFixedThreadPool(
                        workers,
                        task -> {
                            Thread thread =
                                    new Thread(task, "millrace-build-" + number.getAndIncrement());
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    int workers() {
        return workers;
    }

    void run(int length, int chunk, Work work) {
        if (workers == 1 || length <= chunk) {
            work.run(0, 0, length);
            return;
        }
        AtomicInteger next = new AtomicInteger();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            int index = worker;
            tasks.add(
                    () -> {
                        for (int from = next.getAndAdd(chunk);
                                from < length;
                                from = next.getAndAdd(chunk)) {
                            work.run(index, from, Math.min(length, from + chunk));
                        }
                        return null;
                    });
        }
        try {
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof MillraceException own
                    ? own
                    : new MillraceException(ErrorCode.INTERNAL, "building the graph failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.INTERNAL, "building the graph was interrupted", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
