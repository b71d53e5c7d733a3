/**
 * What a bundle finds items for a user by: the towers, factors that were learnt beside them, a
 * blend of both and of the trend, or lists of items. {@link
 * io.millrace.ranker.retrieval.RetrievalModel} is the entry type; it makes {@link
 * io.millrace.ranker.retrieval.QueryEmbedding}s, which turn a user's row into the vector that the
 * index is asked for. Models may be used from any thread, an embedding belongs to one. After
 * construction nothing allocates.
 */
@NullMarked
package io.millrace.ranker.retrieval;

import org.jspecify.annotations.NullMarked;
