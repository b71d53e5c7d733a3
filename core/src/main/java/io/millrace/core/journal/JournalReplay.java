package io.millrace.core.journal;

import org.agrona.DirectBuffer;

/** Makes changes again that were acknowledged before a restart. */
@FunctionalInterface
public interface JournalReplay {
    /**
     * Makes a change; they come in the order in which they were acknowledged.
     *
     * @param sequence its place among all changes.
     * @param buffer holds its content, until this returns.
     * @param offset of the first byte.
     * @param length in bytes, above 0.
     */
    void replay(long sequence, DirectBuffer buffer, int offset, int length);
}
