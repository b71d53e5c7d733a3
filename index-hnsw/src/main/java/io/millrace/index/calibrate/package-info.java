/**
 * Compares searches of a graph with exact search: {@link
 * io.millrace.index.calibrate.RecallCalibration} on a sample when an index is made, {@link
 * io.millrace.index.calibrate.RecallSampler} on some of the searches that are served. Calibration
 * uses threads of its own for the time of the call. Only offering a search to the sampler is on the
 * way of a request, and allocates nothing.
 */
@NullMarked
package io.millrace.index.calibrate;

import org.jspecify.annotations.NullMarked;
