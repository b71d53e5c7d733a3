/**
 * Benchmarks of every stage, ours beside the peers'.
 *
 * <p>Settings are fixed on each class and results are verified in its set-up. Run them with {@code
 * jmh/run.sh REGEX}; the GC profiler is always on.
 */
@NullMarked
package io.millrace.jmh;

import org.jspecify.annotations.NullMarked;
