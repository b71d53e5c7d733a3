package io.millrace.server.transport;

import io.millrace.server.change.Change;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import org.agrona.DirectBuffer;

/**
 * A change that came over a connection.
 *
 * @param slot has request, frame and answer
 * @param answers writes the answer and sends it on its way
 * @param begunNs when it was handed over, by {@link System#nanoTime()}
 */
record SlotChange(RequestSlot slot, ChangeAnswers answers, long begunNs) implements Change {
    @Override
    public DirectBuffer frame() {
        return slot.requestFrame();
    }

    @Override
    public int frameBytes() {
        return slot.requestFrameBytes();
    }

    @Override
    public Request request() {
        return slot.request();
    }

    @Override
    public Answer answer() {
        return slot.answer();
    }

    @Override
    public void finish() {
        answers.finish(slot, begunNs);
    }
}
