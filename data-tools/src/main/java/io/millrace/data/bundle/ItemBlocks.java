package io.millrace.data.bundle;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/** Does something to all items, in blocks that are shared out over threads. */
final class ItemBlocks {
    private ItemBlocks() {}

    /** What is done to the items from the first up to before the last. */
    interface Work {
        void run(int from, int to);
    }

    /**
     * Does it to all of them.
     *
     * @param items count of items
     * @param blockItems items of a block
     * @param threads how many threads
     * @param stage advanced by the items of each block
     * @param work called once for each block
     * @throws MillraceException what the work throws, INTERNAL when that is another exception,
     *     UNAVAILABLE when the thread is interrupted
     */
    static void run(
            int items, int blockItems, int threads, ProgressListener.Stage stage, Work work) {
        try (ForkJoinPool pool = new ForkJoinPool(threads)) {
            pool.submit(() -> runAll(items, blockItems, stage, work)).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MillraceException own) {
                throw own;
            }
            throw new MillraceException(
                    ErrorCode.INTERNAL, "bundle cannot be built: items=" + items, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(ErrorCode.UNAVAILABLE, "building was interrupted", e);
        }
    }

    private static void runAll(int items, int blockItems, ProgressListener.Stage stage, Work work) {
        IntStream.range(0, Math.ceilDiv(items, blockItems))
                .parallel()
                .forEach(
                        block -> {
                            int from = block * blockItems;
                            int to = Math.min(items, from + blockItems);
                            work.run(from, to);
                            stage.advance(to - from);
                        });
    }
}
