package io.millrace.loadgen.report;

import org.HdrHistogram.Histogram;

/** Told of each second of a run soon after it has ended, on the thread that waits for the run. */
@FunctionalInterface
public interface SecondListener {
    /** Listens to nothing. */
    SecondListener NONE = (point, soFar) -> {};

    /**
     * A second has ended.
     *
     * @param point what was seen in it.
     * @param soFar latencies of all seconds up to and with this one, in nanoseconds; valid until
     *     this returns.
     */
    void second(SecondPoint point, Histogram soFar);
}
