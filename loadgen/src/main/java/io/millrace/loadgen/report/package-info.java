/**
 * What a load has shown: counted while it runs, and told of second by second and at its end. A
 * {@link io.millrace.loadgen.report.LoadTally} counts, and ends in a {@link
 * io.millrace.loadgen.report.LoadReport}. The event loop counts, the caller is told; reports may be
 * used from any thread. Counting allocates next to nothing but once a second.
 */
@NullMarked
package io.millrace.loadgen.report;

import org.jspecify.annotations.NullMarked;
