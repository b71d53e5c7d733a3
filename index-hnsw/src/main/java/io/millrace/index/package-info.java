/**
 * Nearest-neighbour search over vectors off heap: an HNSW graph built in parallel and a flat index
 * that is exact. {@link io.millrace.index.HnswBuilder} makes an index, {@link
 * io.millrace.index.VectorIndex} searches it, {@link io.millrace.index.HnswFile} keeps it. An index
 * of these is immutable, a {@link io.millrace.index.MutableHnswIndex} is not; each may be searched
 * from any thread, each with its own {@link io.millrace.index.SearchScratch}; what else than the k
 * nearest it is to find stands in a {@link io.millrace.index.SearchRequest}. A search allocates
 * nothing; indexes own memory off heap and must be closed.
 */
@NullMarked
package io.millrace.index;

import org.jspecify.annotations.NullMarked;
