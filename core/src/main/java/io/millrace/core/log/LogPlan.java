package io.millrace.core.log;

import io.millrace.core.error.MillraceException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A log that is to be written.
 *
 * @param folder where its files are to stand; made when missing. No other process may write the
 *     same log
 * @param kind what it holds
 * @param description what a reader has to know of the records; stands in each file
 * @param limits how large it becomes
 */
public record LogPlan(Path folder, LogKind kind, String description, LogLimits limits) {
    /** Validates. */
    public LogPlan {
        int bytes = description.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LogLayout.MAX_DESCRIPTION_BYTES) {
            throw MillraceException.usage(
                    "description of a log is too long: bytes=%d, limit=%d",
                    bytes, LogLayout.MAX_DESCRIPTION_BYTES);
        }
    }
}
