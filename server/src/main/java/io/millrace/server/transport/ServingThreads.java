package io.millrace.server.transport;

import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.ProcessorBinding;
import io.millrace.core.thread.ShortSlice;
import io.millrace.server.config.ServerConfig.ThreadsConfig;

import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * What the system is asked for event loops and workers: that they go on as soon as there is
 * something to do, and that they are kept on the processors that the configuration names, one each
 * in this order, where it names any.
 *
 * <p>Threading: fixed.
 */
final class ServingThreads {
    private final int io;
    private final int[] processors;

    /**
     * Tries them all.
     *
     * @throws MillraceException USAGE where one can't be used
     */
    ServingThreads(ThreadsConfig threads) {
        io = threads.io();
        processors = threads.processorNumbers();
        IntStream.of(processors).distinct().forEach(ServingThreads::tryOut);
    }

    private static void tryOut(int processor) {
        boolean isUsable =
                CompletableFuture.supplyAsync(
                                () -> ProcessorBinding.bindThisThread(processor),
                                task -> new Thread(task, "millrace-bound").start())
                        .join();
        if (!isUsable) {
            throw MillraceException.usage(
                    "no thread can be kept on this processor: threads.processors=%d; name those"
                            + " that this process may use, or none",
                    processor);
        }
    }

    /** What an event loop is to run. */
    Runnable ofIo(int number, Runnable task) {
        return serving(number, task);
    }

    /** What a worker is to run; that for feedback has no processor of its own. */
    Runnable ofWorker(int number, Runnable task) {
        return serving(io + number, task);
    }

    private Runnable serving(int place, Runnable task) {
        return () -> {
            boolean ignored = ShortSlice.takeForThisThread();
            bind(place);
            task.run();
        };
    }

    private void bind(int place) {
        if (place < processors.length) {
            boolean ignored = ProcessorBinding.bindThisThread(processors[place]);
        }
    }
}
