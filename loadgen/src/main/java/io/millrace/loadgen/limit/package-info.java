/**
 * Looks for the highest rate at which a server is fast enough and its answers good enough: load is
 * put on it step by step, each step is judged, and the rate between the last that holds and the
 * first that does not is halved.
 */
@NullMarked
package io.millrace.loadgen.limit;

import org.jspecify.annotations.NullMarked;
