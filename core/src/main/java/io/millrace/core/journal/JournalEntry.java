package io.millrace.core.journal;

import io.millrace.core.error.MillraceException;

import org.agrona.DirectBuffer;

/**
 * A change on its way into the journal. One of the last two methods is called for each entry that
 * was submitted, once.
 *
 * <p>Threading: whoever submits it leaves it alone until then; all methods but for those of the
 * submitter are called by the thread of the journal, which waits for them.
 */
public interface JournalEntry {
    /**
     * What is to be written.
     *
     * @return memory that holds it from its beginning.
     */
    DirectBuffer content();

    /**
     * Length of what is to be written.
     *
     * @return bytes, above 0.
     */
    int contentBytes();

    /**
     * The change is on the disk and will be replayed: it is to be made now and acknowledged. Called
     * in the order of sequences. Must not throw: a journal whose changes cannot be made takes no
     * others until it is opened again.
     *
     * @param sequence its place among all changes, from 1.
     */
    void settled(long sequence);

    /**
     * The change was not taken.
     *
     * @param reason why, with what to do about it.
     */
    void refused(MillraceException reason);
}
