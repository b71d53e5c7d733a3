package io.millrace.loadgen;

/**
 * The answers of one second of a run, by the time they arrived.
 *
 * @param endMs end of the second, since the measured part began.
 * @param count OK answers.
 * @param p50Us median latency from the intended start.
 * @param p99Us 99th percentile of it.
 */
public record SecondPoint(long endMs, long count, double p50Us, double p99Us) {}
