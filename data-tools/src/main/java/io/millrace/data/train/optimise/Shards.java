package io.millrace.data.train.optimise;

import java.util.stream.IntStream;

/**
 * Cuts a range into as many parts as there are threads and runs them side by side on the pool of
 * the caller.
 *
 * <p>Threading: the caller waits for all parts.
 */
public final class Shards {
    /** Takes a part of a range. */
    public interface Part {
        /**
         * Works on a part.
         *
         * @param from first index.
         * @param to index behind the last.
         */
        void run(int from, int to);
    }

    private final int count;

    /**
     * Cuts into as many parts.
     *
     * @param count how many.
     */
    public Shards(int count) {
        this.count = count;
    }

    /**
     * Runs a part for each thread; a part's bounds do not matter to what is computed for an index.
     */
    public void run(int length, Part part) {
        if (count == 1 || length < count) {
            part.run(0, length);
            return;
        }
        IntStream.range(0, count)
                .parallel()
                .forEach(
                        shard ->
                                part.run(
                                        (int) ((long) length * shard / count),
                                        (int) ((long) length * (shard + 1) / count)));
    }
}
