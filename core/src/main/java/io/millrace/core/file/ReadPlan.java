package io.millrace.core.file;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.thread.LowPriority;

/**
 * How a file is read into memory.
 *
 * @param threads how many read and check blocks side by side, from 1 to {@value #MAX_THREADS}; a
 *     small file takes fewer.
 * @param progress told of the bytes that were read, from all of these threads.
 */
public record ReadPlan(int threads, ProgressListener progress) {
    /** The most threads; well before that the memory or the disk is what limits. */
    public static final int MAX_THREADS = 64;

    private static final int MAX_DEFAULT_THREADS = 8;

    /** Checks the values. */
    public ReadPlan {
        if (threads < 1 || threads > MAX_THREADS) {
            throw MillraceException.usage(
                    "out of range: threads=%d, least=1, limit=%d", threads, MAX_THREADS);
        }
    }

    /**
     * A thread for each processor, up to 8; one for a caller who works in the background ({@link
     * LowPriority}).
     *
     * @param progress told of the bytes that were read.
     * @return the plan.
     */
    public static ReadPlan with(ProgressListener progress) {
        return new ReadPlan(Math.min(LowPriority.threads(), MAX_DEFAULT_THREADS), progress);
    }
}
