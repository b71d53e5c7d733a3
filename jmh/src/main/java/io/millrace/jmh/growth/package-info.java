/**
 * How the cost of an index grows with its rows: what {@code millrace ann bench} measured at several
 * sizes, put together. {@link io.millrace.jmh.growth.GrowthReport} is the entry type; {@code
 * jmh/growth/run.sh} measures and calls it. One thread. Free to allocate: nothing is timed here.
 */
@NullMarked
package io.millrace.jmh.growth;

import org.jspecify.annotations.NullMarked;
