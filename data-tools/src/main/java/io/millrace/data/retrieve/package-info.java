/**
 * Ways to retrieve beside the towers: factors of implicit ALS, neighbours of the watched items,
 * what is popular of late, and a blend of several. {@link io.millrace.data.retrieve.Retrievers} is
 * the entry type: it learns what is asked for from the histories of a data set and hands out {@link
 * io.millrace.data.retrieve.ItemScores}, one for each thread. What is learnt is immutable and the
 * same on any number of threads.
 */
@NullMarked
package io.millrace.data.retrieve;

import org.jspecify.annotations.NullMarked;
