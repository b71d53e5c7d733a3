package io.millrace.data.simulate;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/** The threads that parallel streams of a simulation run on. */
final class Workers {
    private Workers() {}

    /** Runs work whose parallel streams use so many threads. */
    static void run(int threads, Runnable work) {
        call(
                threads,
                () -> {
                    work.run();
                    return true;
                });
    }

    /** The same for work that gives something. */
    static <T> T call(int threads, Callable<T> work) {
        try (ForkJoinPool pool = new ForkJoinPool(threads, Workers::newThread, null, false)) {
            return pool.submit(work).get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException own -> throw own;
                case Error own -> throw own;
                case null, default ->
                        throw new MillraceException(ErrorCode.INTERNAL, "the simulation failed", e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(ErrorCode.INTERNAL, "the simulation was interrupted", e);
        }
    }

    private static ForkJoinWorkerThread newThread(ForkJoinPool pool) {
        ForkJoinWorkerThread thread =
                ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("millrace-simulate-" + thread.getPoolIndex());
        return thread;
    }
}
