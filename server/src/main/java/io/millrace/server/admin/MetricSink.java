package io.millrace.server.admin;

import org.HdrHistogram.Histogram;

/** Takes what {@link MetricWalk} tells: a family first, then its samples. */
interface MetricSink {

    /**
     * Samples of one name follow.
     *
     * @param name in lower case with underscores, unit at the end
     * @param type {@code counter}, {@code gauge} or {@code histogram}
     * @param description one sentence
     */
    void family(String name, String type, String description);

    /** A count; labels as in {@code kind="rank",status="ok"}, or empty. */
    void sample(String name, String labels, long value);

    /** A number; labels as in {@code kind="rank",status="ok"}, or empty. */
    void sample(String name, String labels, double value);

    /** Times in nanoseconds, of a family in seconds. */
    void histogram(String name, String labels, Histogram times);
}
