/**
 * Vectors and true neighbours from the files in which the field exchanges them: fvecs, bvecs,
 * ivecs, npy and IDX, plain or compressed by gzip; fvecs and ivecs are written, too. {@link
 * io.millrace.index.vectors.VectorFiles} is the entry type; it knows the format by content and
 * ending. Reading is done by the calling thread. Files are streamed row by row into memory off
 * heap, which the caller closes.
 */
@NullMarked
package io.millrace.index.vectors;

import org.jspecify.annotations.NullMarked;
