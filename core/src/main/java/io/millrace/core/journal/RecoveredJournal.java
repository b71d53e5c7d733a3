package io.millrace.core.journal;

/**
 * What was found when a journal was opened.
 *
 * @param lastSequence of the last entry; what was asked to be left out where there is none
 * @param replayed entries that were handed over
 * @param cutEntries whole entries left out because one before them was not finished: the machine
 *     went down before they were acknowledged
 * @param cutBytes bytes at the end that are no entry: one that was not finished, or was damaged
 *     since
 */
public record RecoveredJournal(long lastSequence, long replayed, long cutEntries, long cutBytes) {}
