/**
 * The two towers of retrieval: what a user wants and what an item is, as unit vectors of one space,
 * so that the inner product of the two is the score. {@link io.millrace.ranker.tower.TwoTowerModel}
 * is the entry type; it makes {@link io.millrace.ranker.tower.QueryTower}s for serving and {@link
 * io.millrace.ranker.tower.ItemTower}s for building the index. The model may be read from any
 * thread once it is trained, a tower belongs to one thread. Embedding a user allocates nothing.
 *
 * <p>Both towers are the same network: {@code out = W₂ [relu(W₁ x + b₁) ; skip] + b₂}, divided by
 * its length, where {@code skip} is the first part of x (the pooled histories of a user, the id of
 * an item) handed through beside the hidden layer.
 */
@NullMarked
package io.millrace.ranker.tower;

import org.jspecify.annotations.NullMarked;
