package io.millrace.server.admin;

import org.jspecify.annotations.Nullable;

/**
 * Which bundle is served, and how a change to another one goes.
 *
 * @param directory of the bundle that is served; null where the caller brought a funnel of its own
 * @param fingerprint of it, 16 hexadecimal digits
 * @param previous directory of the bundle before, which a rollback serves again; null where there
 *     was none
 * @param next directory of the bundle that is on its way, or that failed last; null where none is
 * @param step what is being done about it
 * @param error why the last one failed; null where it did not
 * @param swaps how often another bundle was served since the start
 * @param tried requests of the last minutes that the served bundle answered before it was served
 * @param carried changes of the bundle before that were made on the served one
 * @param dropped changes of the state before that are not in the one that was restored; -1 where
 *     nobody knows
 * @param lastSeconds from the last wish for another bundle until it was served
 */
public record BundleStatus(
        @Nullable String directory,
        String fingerprint,
        @Nullable String previous,
        @Nullable String next,
        Step step,
        @Nullable String error,
        long swaps,
        int tried,
        long carried,
        long dropped,
        double lastSeconds) {

    /** What is being done about the next bundle. */
    public enum Step {
        /** There is none. */
        NONE,
        /** It is checked, opened and warmed up. */
        OPENING,
        /** It answers requests that the served one has answered. */
        TRYING,
        /** Requests go to it, those of the one before are answered. */
        SWITCHING,
        /** It could not be served: the one before goes on. */
        FAILED
    }
}
