/**
 * What was shown to whom, with the very rows of features that scored it, and what came of it, as it
 * stands in the log of impressions: the server writes it, replay, parity check and training read
 * it. {@link io.millrace.ranker.impression.ImpressionLogReader} is the entry type for readers,
 * {@link io.millrace.ranker.impression.ImpressionLayout} and {@link
 * io.millrace.ranker.impression.FeedbackLayout} say where everything stands. A reader belongs to
 * one thread. Reading an impression's parts allocates nothing.
 */
@NullMarked
package io.millrace.ranker.impression;

import org.jspecify.annotations.NullMarked;
