/**
 * What generator and server used of their machines while a load ran, and where the server spent its
 * time. {@link io.millrace.loadgen.watch.LoadWatch} is the entry type: it looks each second, at the
 * server by its {@link io.millrace.loadgen.watch.AdminPages}, and ends in a {@link
 * io.millrace.loadgen.watch.WatchReport}. It looks on a thread of its own; reports may be used from
 * any. Free to allocate, a few hundred kilobytes a second.
 */
@NullMarked
package io.millrace.loadgen.watch;

import org.jspecify.annotations.NullMarked;
