/**
 * Learns from who watched what alone, of users and items nothing else. {@link
 * io.millrace.data.train.collaborative.AlsTrainer} factorises the histories by alternating least
 * squares; what it minimises is said in {@link io.millrace.ranker.factors}. {@link
 * io.millrace.data.train.collaborative.ItemNeighbours} lists what the same users watched, {@link
 * io.millrace.data.train.collaborative.WatchCounts} how many did. What takes time works on a pool
 * of its own, each vector and each list one thread's alone, so the same data and seed give the same
 * bits on any number of threads. Memory is the watched pairs twice, once by user and once by item,
 * and what is learnt.
 */
@NullMarked
package io.millrace.data.train.collaborative;

import org.jspecify.annotations.NullMarked;
