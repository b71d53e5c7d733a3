/**
 * Changes that are on the disk before they are acknowledged, in files of the container for logs
 * ({@link io.millrace.core.log}). {@link io.millrace.core.journal.Journal} is the entry type: it
 * hands what is there to a {@link io.millrace.core.journal.JournalReplay} when it is opened and
 * takes a {@link io.millrace.core.journal.JournalEntry} from any thread afterwards. One thread of
 * its own writes, syncs once for all that waited, and acknowledges. Submitting allocates nothing,
 * unless threads wait for each other.
 */
@NullMarked
package io.millrace.core.journal;

import org.jspecify.annotations.NullMarked;
