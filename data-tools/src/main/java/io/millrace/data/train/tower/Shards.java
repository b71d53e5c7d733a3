package io.millrace.data.train.tower;

import java.util.stream.IntStream;

/**
 * Cuts a range into as many parts as there are threads and runs them side by side on the pool of
 * the caller.
 *
 * <p>Threading: the caller waits for all parts.
 */
final class Shards {
    /** Takes a part of a range. */
    interface Part {
        void run(int from, int to);
    }

    private final int count;

    Shards(int count) {
        this.count = count;
    }

    /**
     * Runs a part for each thread; a part's bounds do not matter to what is computed for an index.
     */
    void run(int length, Part part) {
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
