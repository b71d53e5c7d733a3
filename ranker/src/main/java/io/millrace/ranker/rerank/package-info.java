/**
 * From scored candidates to the few that are shown: what was seen or excluded goes, twins go, one
 * creator gets only so many places, and likeness to what is already chosen costs relevance. {@link
 * io.millrace.ranker.rerank.Reranker} is the entry type; {@link
 * io.millrace.ranker.rerank.RerankRules} says how. Every thread has its own re-ranker, filter and
 * slate. After construction nothing allocates.
 *
 * <p>Letters of the paper (Carbonell and Goldstein: The use of MMR, diversity-based reranking for
 * reordering documents and producing summaries, SIGIR 1998) and their names here:
 *
 * <pre>
 *   R       the pool: the mmrPool best candidates by score
 *   S       the slate so far
 *   Sim1    relevance: the score, scaled to 0..1 over the pool
 *   Sim2    likeness: dot product of two unit vectors
 *   lambda  mmrLambda
 * </pre>
 */
@NullMarked
package io.millrace.ranker.rerank;

import org.jspecify.annotations.NullMarked;
