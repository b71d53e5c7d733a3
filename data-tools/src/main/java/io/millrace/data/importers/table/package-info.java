/**
 * Users, items and events as a source tells them, and the data set that follows: histories and
 * counters of the first days, impressions of the next to train on, of the last to test on. {@link
 * io.millrace.data.importers.table.EventDataset} is the entry type. One thread fills the tables and
 * writes the data set. Values are held as columns; an event takes 25 bytes and 4 for each field of
 * its context and each rate.
 */
@NullMarked
package io.millrace.data.importers.table;

import org.jspecify.annotations.NullMarked;
