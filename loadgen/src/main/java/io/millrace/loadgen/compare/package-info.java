/**
 * Tells whether two runs of load differ. {@link io.millrace.loadgen.compare.RunComparison} is the
 * entry type: it reads the figures or the interval logs of both ({@link
 * io.millrace.loadgen.compare.IntervalRun}) and says of each figure how many times that of the
 * first run that of the second is, and between which bounds. Types are immutable and may be used
 * from any thread.
 */
@NullMarked
package io.millrace.loadgen.compare;

import org.jspecify.annotations.NullMarked;
