package io.millrace.data.importers.impressions;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * Which impressions are imported, and who says what came of them.
 *
 * @param log folder of the log, or one file of it
 * @param bundle folder of the bundle that answered
 * @param outcomes a delimited file that says all of what came of them; null where the feedback of
 *     the log says it
 * @param windowMs how long after an impression feedback belongs to it, in milliseconds
 */
public record ImpressionSource(Path log, Path bundle, @Nullable Path outcomes, long windowMs) {

    /** Validates. */
    public ImpressionSource {
        if (windowMs <= 0) {
            throw MillraceException.usage(
                    "no window for feedback: windowMs=%d, least=1; give a longer one", windowMs);
        }
    }
}
