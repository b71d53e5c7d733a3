/**
 * What users do while they are served: their histories are brought up to date and what happens to
 * the items is counted, from one event to the next. {@link
 * io.millrace.ranker.feedback.FeedbackWriter} is the entry type; it takes the {@link
 * io.millrace.ranker.feedback.EventList} of one user and moment. {@link
 * io.millrace.ranker.feedback.RateEncoder} makes features of what was counted, {@link
 * io.millrace.ranker.feedback.FeedbackJournal} keeps it for the next bundle. Writers take turns; a
 * reader of rows waits at most for the one row it reads, a reader of counters for nobody. After
 * construction neither writing, counting nor reading allocates.
 */
@NullMarked
package io.millrace.ranker.feedback;

import org.jspecify.annotations.NullMarked;
