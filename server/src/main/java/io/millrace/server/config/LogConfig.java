package io.millrace.server.config;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

/**
 * How impressions are logged.
 *
 * @param folder of the files; null for no log
 * @param share of the answers that are logged, chosen at random
 * @param bufferBytes memory of each worker for what is not written yet, a power of two; what finds
 *     no room is dropped and counted
 * @param fileBytes length at which a new file is begun
 * @param fileSeconds age at which a new file is begun
 * @param totalBytes of all files; the oldest are deleted beyond
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // A key without a value is a key nevertheless.
public record LogConfig(
        @Nullable String folder,
        double share,
        int bufferBytes,
        long fileBytes,
        int fileSeconds,
        long totalBytes) {
    private static final int LEAST_BUFFER_BYTES = 1 << 16;
    private static final int MOST_BUFFER_BYTES = 1 << 30;
    private static final long LEAST_FILE_BYTES = 1 << 16;
    private static final long MOST_FILE_BYTES = 1L << 40;

    /** No log; every key at its default. */
    static final LogConfig DEFAULT = new LogConfig(null, 1, 4 << 20, 64L << 20, 3_600, 4L << 30);

    /** Validates. */
    public LogConfig {
        Ranges.validate("log.share", share, 0, 1);
        Ranges.validate("log.bufferBytes", bufferBytes, LEAST_BUFFER_BYTES, MOST_BUFFER_BYTES);
        if (Integer.bitCount(bufferBytes) != 1) {
            throw MillraceException.usage(
                    "not a power of two: log.bufferBytes=%d; take %d",
                    bufferBytes, Integer.highestOneBit(bufferBytes));
        }
        Ranges.validate("log.fileBytes", fileBytes, LEAST_FILE_BYTES, MOST_FILE_BYTES);
        Ranges.validate("log.fileSeconds", fileSeconds, 1, 31_536_000);
        Ranges.validate("log.totalBytes", totalBytes, fileBytes, Long.MAX_VALUE);
    }
}
