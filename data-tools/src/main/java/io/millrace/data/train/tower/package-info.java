/**
 * Trains the two towers. {@link io.millrace.data.train.tower.TowerTrainer} is the entry type.
 * Training runs on a pool of its own; every sum is made in a fixed order, so the same data and seed
 * give the same weights on any number of threads. Memory is twice that of the embeddings plus a few
 * megabytes for a batch, and for passes with hard negatives an index of the items.
 *
 * <p>The loss is the in-batch sampled softmax with correction for how often an item is drawn as a
 * negative (Yi et al., Sampling-bias- corrected neural modeling for large corpus item
 * recommendations, RecSys 2019) and for its trend: the logit of user i and item j is {@code cos(i,
 * j) / τ - log q_j - w trend_j}, so that cosines favour what stands late in histories. A positive
 * is an item of a watch history, its context only what was watched before it.
 *
 * <p>From the second pass on a batch may have hard negatives beside its own items: some of what an
 * index of the items finds for its users and they have not watched (Xiong et al., Approximate
 * nearest neighbor negative contrastive learning for dense text retrieval, ICLR 2021), not of the
 * first ranks (Huang et al., Embedding-based retrieval in Facebook search, KDD 2020); q is then how
 * often an item is expected among both.
 */
@NullMarked
package io.millrace.data.train.tower;

import org.jspecify.annotations.NullMarked;
