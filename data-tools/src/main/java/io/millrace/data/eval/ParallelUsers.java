package io.millrace.data.eval;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Spreads work over threads in blocks; what each block writes must not depend on the others.
 *
 * <p>Threading: the calling thread waits; an interrupt of it stops the work.
 */
final class ParallelUsers {
    private ParallelUsers() {}

    /**
     * Runs blocks 0 to {@code blocks - 1}.
     *
     * @param threads how many threads.
     * @param blocks how many blocks.
     * @param workers makes the worker of one thread, with the scratch of that thread.
     */
    static void run(int threads, int blocks, Supplier<IntConsumer> workers) {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < Math.min(threads, blocks); i++) {
            Thread thread =
                    new Thread(
                            () -> runAll(next, blocks, workers, failure), "millrace-evaluate-" + i);
            thread.setDaemon(true);
            thread.start();
            running.add(thread);
        }
        join(running, next, blocks);
        Throwable thrown = failure.get();
        if (thrown instanceof MillraceException own) {
            throw own;
        }
        if (thrown != null) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "evaluation failed: reason=" + thrown, thrown);
        }
    }

    private static void runAll(
            AtomicInteger next,
            int blocks,
            Supplier<IntConsumer> workers,
            AtomicReference<@Nullable Throwable> failure) {
        try {
            IntConsumer worker = workers.get();
            for (int block = next.getAndIncrement();
                    block < blocks;
                    block = next.getAndIncrement()) {
                worker.accept(block);
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            next.set(blocks);
        }
    }

    private static void join(List<Thread> threads, AtomicInteger next, int blocks) {
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                next.set(blocks);
                Thread.currentThread().interrupt();
                throw new MillraceException(ErrorCode.UNAVAILABLE, "evaluation was interrupted", e);
            }
        }
    }
}
