/**
 * The log of impressions: what was answered to whom, with the rows of features that scored it, and
 * what users told of it.
 *
 * <p>Entry type: {@link io.millrace.server.log.ImpressionLog}, which hands each worker a ring; the
 * worker writes impressions there with an {@link io.millrace.server.log.ImpressionRecorder} and
 * feedback with a {@link io.millrace.server.log.FeedbackRecorder}, and a thread of the log carries
 * them to files. Threading: a ring belongs to one worker and the log's thread. Allocation:
 * recording allocates nothing and never waits; what finds no room is dropped and counted.
 */
@NullMarked
package io.millrace.server.log;

import org.jspecify.annotations.NullMarked;
