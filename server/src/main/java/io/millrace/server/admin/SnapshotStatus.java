package io.millrace.server.admin;

import org.jspecify.annotations.Nullable;

/**
 * How the last snapshot of the state went, or goes.
 *
 * @param step what is being done
 * @param directory where it stands, or will; null where none was asked for
 * @param error why it failed; null where it did not
 * @param fingerprint of the bundle that it belongs to; null before it is whole
 * @param sequence the last change that is in it
 * @param bytes length of its files
 * @param seconds that it took
 * @param taken how many were taken since the start
 */
public record SnapshotStatus(
        Step step,
        @Nullable String directory,
        @Nullable String error,
        @Nullable String fingerprint,
        long sequence,
        long bytes,
        double seconds,
        long taken) {
    /** None was asked for. */
    public static final SnapshotStatus NONE =
            new SnapshotStatus(Step.NONE, null, null, null, 0, 0, 0, 0);

    /** What is being done. */
    public enum Step {
        /** Nothing was asked for. */
        NONE,
        /** It is written. */
        WRITING,
        /** It is whole. */
        WRITTEN,
        /** There is none. */
        FAILED
    }
}
