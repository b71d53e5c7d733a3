/**
 * Makes the probabilities of a ranker mean what they say. {@link
 * io.millrace.ranker.calibration.Calibration} is the entry type; it is fitted on impressions that
 * the ranker did not learn from, and kept as JSON beside the ranker. Calibrations are immutable and
 * may be used by any thread. Applying one allocates nothing.
 */
@NullMarked
package io.millrace.ranker.calibration;

import org.jspecify.annotations.NullMarked;
