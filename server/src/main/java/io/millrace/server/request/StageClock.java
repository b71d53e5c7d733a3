package io.millrace.server.request;

import io.millrace.core.HotPath;

/**
 * Takes the time of the stages of one request: each {@link #end} closes what began with the one
 * before.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
public final class StageClock {
    /** {@link #elapsedNs} of a stage that was not passed. */
    public static final long NOT_PASSED = -1L;

    private final long[] elapsedNs = new long[Stage.count()];
    private long lapNs;

    /** Makes a clock. */
    public StageClock() {}

    /**
     * A request begins: no stage has been passed.
     *
     * @param nowNs by {@link System#nanoTime()}
     */
    public void start(long nowNs) {
        for (int i = 0; i < elapsedNs.length; i++) {
            elapsedNs[i] = NOT_PASSED;
        }
        lapNs = nowNs;
    }

    /**
     * A stage ends now.
     *
     * @param stage which began when the one before ended
     */
    public void end(Stage stage) {
        long now = System.nanoTime();
        elapsedNs[stage.index()] = now - lapNs;
        lapNs = now;
    }

    /**
     * Notes a time taken elsewhere.
     *
     * @param stage that took it
     * @param ns how long
     */
    public void note(Stage stage, long ns) {
        elapsedNs[stage.index()] = Math.max(0, ns);
    }

    /**
     * When the last stage ended.
     *
     * @return by {@link System#nanoTime()}
     */
    public long lapNs() {
        return lapNs;
    }

    /**
     * How long a stage took.
     *
     * @param index of the stage
     * @return nanoseconds, or {@link #NOT_PASSED}
     */
    public long elapsedNs(int index) {
        return elapsedNs[index];
    }
}
