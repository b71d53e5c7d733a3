/**
 * Compares the index with those of others, on one machine, in one session, at equal recall. {@link
 * io.millrace.jmh.peers.ComparePeers} is the entry type, and {@code jmh/peers/README.md} says what
 * is fair about it. One thread here tells the drivers of the engines, which are processes of their
 * own, when to work, so that never two of them work at once. Free to allocate: nothing is timed in
 * this process.
 */
@NullMarked
package io.millrace.jmh.peers;

import org.jspecify.annotations.NullMarked;
