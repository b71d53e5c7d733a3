/**
 * The inside of the graph index: rows and links in node records off heap, the search that follows
 * them, and the construction that is parallel and yet bit for bit the same on any number of
 * threads. {@link io.millrace.index.graph.GraphSearcher} searches, {@link
 * io.millrace.index.graph.ResumableSearcher} under a filter or page by page, {@link
 * io.millrace.index.graph.GraphConstruction} builds. A finished graph is immutable and shared; of a
 * {@link io.millrace.index.graph.LiveGraph} one {@link io.millrace.index.graph.GraphEditor} makes
 * changes while {@link io.millrace.index.graph.LiveSearcher}s read it without locks; searchers
 * belong to one thread. Searching allocates nothing; the callers in the package above own the
 * memory.
 *
 * <p>Letters of the paper (Malkov, Yashunin 2016, arXiv 1603.09320): M is {@code maxConnections},
 * ef is {@code efSearch} or {@code efConstruction}, mL is 1 / ln M.
 */
@NullMarked
package io.millrace.index.graph;

import org.jspecify.annotations.NullMarked;
