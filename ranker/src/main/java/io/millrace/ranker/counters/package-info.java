/**
 * Counts that fade: what happened long ago counts less, half as much after every half-life. {@link
 * io.millrace.ranker.counters.CounterCells} is the entry type; it keeps one cell of 64 bytes for
 * each thing that is counted, in a mapped file that outlives the process, or in memory alone. One
 * thread at a time counts, any number read and never wait. Counting and reading allocate nothing.
 */
@NullMarked
package io.millrace.ranker.counters;

import org.jspecify.annotations.NullMarked;
