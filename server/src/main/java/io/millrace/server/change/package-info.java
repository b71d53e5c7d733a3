/**
 * Changes of what is served, brought to the disk before they are made: a journal whose entries are
 * the frames of the requests. {@link io.millrace.server.change.ChangeJournal} is the entry type; a
 * {@link io.millrace.server.change.Change} is on its way into it, a {@link
 * io.millrace.server.change.ChangeTarget} makes it. Changes are submitted by any thread, and made
 * and answered by the journal's, one after the other. A change may allocate: none is on the way of
 * a request that reads.
 */
@NullMarked
package io.millrace.server.change;

import org.jspecify.annotations.NullMarked;
