/**
 * What settings of the server do: what {@code millrace load} measured of servers with several of
 * them, put together. {@link io.millrace.jmh.tuning.TuningReport} is the entry type; {@code
 * jmh/tuning/run.sh} measures and calls it. One thread. Free to allocate: nothing is timed here.
 */
@NullMarked
package io.millrace.jmh.tuning;

import org.jspecify.annotations.NullMarked;
