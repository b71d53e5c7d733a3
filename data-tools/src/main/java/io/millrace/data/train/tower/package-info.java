/**
 * Trains the two towers. {@link io.millrace.data.train.tower.TowerTrainer} is the entry type.
 * Training runs on a pool of its own; every sum is made in a fixed order, so the same data and seed
 * give the same weights on any number of threads. Memory is twice that of the embeddings plus a few
 * megabytes for a batch.
 *
 * <p>The loss is the in-batch sampled softmax with correction for how often an item is drawn as a
 * negative (Yi et al., Sampling-bias- corrected neural modeling for large corpus item
 * recommendations, RecSys 2019) and for its trend: the logit of user i and item j is {@code cos(i,
 * j) / τ - log q_j - w trend_j}, so that cosines favour what stands late in histories. A positive
 * is an item of a watch history, its context only what was watched before it.
 */
@NullMarked
package io.millrace.data.train.tower;

import org.jspecify.annotations.NullMarked;
