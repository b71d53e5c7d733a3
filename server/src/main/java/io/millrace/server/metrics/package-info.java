/**
 * What the server counts and times.
 *
 * <p>Entry type: {@link io.millrace.server.metrics.ServerMetrics}, which makes a set of counters
 * for every thread and adds them up. Threading: each set is written by one thread and read by any.
 * Allocation: counting and timing allocate nothing, adding up does.
 */
@NullMarked
package io.millrace.server.metrics;

import org.jspecify.annotations.NullMarked;
