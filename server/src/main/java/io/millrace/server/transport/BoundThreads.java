package io.millrace.server.transport;

import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.ProcessorBinding;
import io.millrace.server.config.ServerConfig.ThreadsConfig;

import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Keeps event loops and workers on the processors that the configuration names, one each in this
 * order, where it names any.
 *
 * <p>Threading: fixed.
 */
final class BoundThreads {
    private final int io;
    private final int[] processors;

    /**
     * Tries them all.
     *
     * @throws MillraceException USAGE where one can't be used
     */
    BoundThreads(ThreadsConfig threads) {
        io = threads.io();
        processors = threads.processorNumbers();
        IntStream.of(processors).distinct().forEach(BoundThreads::tryOut);
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
        return bound(number, task);
    }

    /** What a worker is to run; that for feedback has no processor of its own. */
    Runnable ofWorker(int number, Runnable task) {
        return bound(io + number, task);
    }

    private Runnable bound(int place, Runnable task) {
        if (place >= processors.length) {
            return task;
        }
        return () -> {
            boolean ignored = ProcessorBinding.bindThisThread(processors[place]);
            task.run();
        };
    }
}
