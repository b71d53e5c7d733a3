/**
 * What users do while they are served: their histories are brought up to date from one event to the
 * next. {@link io.millrace.ranker.feedback.FeedbackWriter} is the entry type; it takes the {@link
 * io.millrace.ranker.feedback.EventList} of one user. Writers take turns, and a reader of rows
 * waits at most for the one row it reads. After construction nothing allocates.
 */
@NullMarked
package io.millrace.ranker.feedback;

import org.jspecify.annotations.NullMarked;
