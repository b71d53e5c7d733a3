/**
 * The command that puts load on a server: its options, its text and what it watches meanwhile.
 * {@link io.millrace.cli.load.LoadCommand} is the entry type, which leaves loads of many rates to
 * {@code io.millrace.cli.limit}. Commands run on the main thread, which waits for the load. Free to
 * allocate: the load itself is sent by {@code io.millrace.loadgen}.
 */
@NullMarked
package io.millrace.cli.load;

import org.jspecify.annotations.NullMarked;
