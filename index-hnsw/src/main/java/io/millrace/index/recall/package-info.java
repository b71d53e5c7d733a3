/**
 * What is known of how search effort and recall hang together, as numbers that files can keep.
 * {@link io.millrace.index.recall.RecallCurve} is the entry type; the package {@code calibrate}
 * measures one. All types are immutable and free for any thread. Asking a curve allocates nothing
 * but its errors.
 */
@NullMarked
package io.millrace.index.recall;

import org.jspecify.annotations.NullMarked;
