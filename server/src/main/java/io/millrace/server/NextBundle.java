package io.millrace.server;

import io.millrace.core.progress.ProgressListener;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.bundle.OpenBundle;

/**
 * What is to be served next: how it is opened, and what belongs to taking over.
 *
 * <p>Threading: one thread.
 */
interface NextBundle {
    /** How the server runs when it is served. */
    ServerConfig config();

    /**
     * Opens it.
     *
     * @param served goes on
     * @param progress told of the steps
     */
    OpenBundle open(OpenBundle served, ProgressListener progress);

    /** Whether it is served instead of the same bundle, which there is then no way back to. */
    boolean isSameBundle();

    /** Nothing changes any more, and this is served in a moment. */
    default void choose(OpenBundle served) {}

    /** It is not served; it is closed by now, if it was open. */
    default void giveUp() {}

    /** Changes of the one before that are not made on it, by a restore. */
    default long dropped() {
        return 0;
    }
}
