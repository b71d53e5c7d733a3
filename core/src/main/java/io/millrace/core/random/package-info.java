/**
 * Random numbers that come out the same on every machine and any number of threads. {@link
 * io.millrace.core.random.SplitRandom} is the entry type: one per stream, named by a seed and a
 * stream number. An instance belongs to one thread. Drawing allocates nothing.
 */
@NullMarked
package io.millrace.core.random;

import org.jspecify.annotations.NullMarked;
