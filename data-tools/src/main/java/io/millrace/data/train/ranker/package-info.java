/**
 * Trains the ranker. {@link io.millrace.data.train.ranker.RankerTrainer} is the entry type: one
 * pass over the impressions, binary cross entropy on each label, Adam with a rate that falls in a
 * straight line. Training runs on a pool of its own and gives the same weights on any number of
 * threads. Memory is twice that of the embeddings plus the activations of a batch, and the weights
 * of each teacher.
 */
@NullMarked
package io.millrace.data.train.ranker;

import org.jspecify.annotations.NullMarked;
