/**
 * The processes that hold one engine each: they build its index, then measure searches whenever
 * they are told to. {@link io.millrace.jmh.peers.driver.DriverMain} is the entry type; {@code
 * jmh/peers/hnswlib_driver.cpp} is the same in C++. Builds use the threads they are given, searches
 * one. Answers are kept in memory that is allocated before the clock starts; what an engine
 * allocates is its own.
 *
 * <p>What a driver says on stdout, each in one line of JSON: a {@link
 * io.millrace.jmh.peers.driver.BuiltLine} when its index is ready; then, for each line {@code
 * round} on stdin, a {@link io.millrace.jmh.peers.driver.PointLine} for every effort, in their
 * order. Before that line, the ordinals that were found are in {@code WORK/<ef>.ints}: k int32,
 * little-endian, for each query, -1 where there were fewer. {@code end} or the end of stdin ends
 * it. All else it says goes to stderr.
 */
@NullMarked
package io.millrace.jmh.peers.driver;

import org.jspecify.annotations.NullMarked;
