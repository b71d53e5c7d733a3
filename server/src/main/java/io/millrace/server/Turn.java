package io.millrace.server;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.util.concurrent.Semaphore;

/**
 * One thing at a time is done to the bundle that is served, and none any more when the server
 * stops.
 *
 * <p>Threading: any thread.
 */
final class Turn {
    private final Semaphore free = new Semaphore(1);
    private volatile String what = "";
    private volatile boolean isStopping;

    /**
     * Takes the turn.
     *
     * @param doing told to others who want it, as in {@code swap}
     * @throws MillraceException UNAVAILABLE when something else is being done
     */
    void take(String doing) {
        if (!free.tryAcquire()) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "something else is done to the bundle: wanted=%s, under way=%s; wait for it",
                    doing,
                    what);
        }
        what = doing;
    }

    /** Takes the turn and does something on a thread of its own. */
    void begin(String doing, Runnable first, Runnable then) {
        take(doing);
        // Whoever asks from now on must not read of what was before.
        first.run();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                then.run();
                            } catch (MillraceException told) {
                                // The status and the log have it.
                                return;
                            } finally {
                                release();
                            }
                        },
                        "millrace-" + doing + "-0");
        thread.setDaemon(true);
        thread.start();
    }

    /** Lets others have it. */
    void release() {
        free.release();
    }

    /** Throws UNAVAILABLE where the server stops. */
    void requireGoingOn() {
        if (isStopping) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE, "the server is stopping: it is not done: what=%s", what);
        }
    }

    /** What is being done is to end soon. */
    void stop() {
        isStopping = true;
    }

    /** Waits until nothing is being done; nothing will be from then on. */
    void end() {
        stop();
        free.acquireUninterruptibly();
    }
}
