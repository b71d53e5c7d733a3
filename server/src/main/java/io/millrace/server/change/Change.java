package io.millrace.server.change;

import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import org.agrona.DirectBuffer;

/**
 * A request that changes something, on its way into the journal.
 *
 * <p>Threading: the submitter's until it is submitted, then the journal's.
 */
public interface Change {
    /**
     * The frame of the request as it came.
     *
     * @return memory that holds it from its beginning
     */
    DirectBuffer frame();

    /**
     * Length of the frame.
     *
     * @return bytes, those of the length itself among them
     */
    int frameBytes();

    /**
     * What was read out of the frame.
     *
     * @return a request that was found sound
     */
    Request request();

    /**
     * What will be answered.
     *
     * @return OK until somebody says otherwise
     */
    Answer answer();

    /** The answer is complete; called once, by the thread of the journal. */
    void finish();
}
