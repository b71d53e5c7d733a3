/**
 * Benchmarks of every stage of a request, ours beside the plain way where there is one.
 *
 * <p>Settings are fixed on each class and results are verified in its set-up, so that what is wrong
 * is never timed. Run them with {@code jmh/run.sh REGEX}; the GC profiler is always on, and bytes
 * per operation that do not fade with longer runs are a bug of a hot path. Forks inherit the
 * options of the JVM that starts them, so they have those Millrace is served with.
 *
 * <p>A class named {@code …Benchmark} is run by the build for a moment; sizes are parameters named
 * {@code rows}, which it makes small.
 */
@NullMarked
package io.millrace.jmh;

import org.jspecify.annotations.NullMarked;
