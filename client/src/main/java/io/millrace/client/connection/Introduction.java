package io.millrace.client.connection;

import io.millrace.client.message.Answer;
import io.millrace.client.message.AnswerFrames;
import io.millrace.client.message.RequestFrame;
import io.millrace.client.message.RequestFrames;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;

import org.agrona.DirectBuffer;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Says who asks on a connection; nothing else is sent before that is known.
 *
 * <p>Threading: the event loop.
 */
final class Introduction implements Exchange {
    private final RequestFrame<Answer> request;
    private final Address address;
    private final Runnable known;
    private final Consumer<MillraceException> refused;

    Introduction(
            String token, Address address, Runnable known, Consumer<MillraceException> refused) {
        this.request = RequestFrames.auth(token);
        this.address = address;
        this.known = known;
        this.refused = refused;
    }

    @Override
    public ByteBuffer leaving(long correlationId, long nowNs) {
        return request.leaving(correlationId, 0);
    }

    @Override
    public void answered(DirectBuffer frame) {
        if (AnswerFrames.status(frame) == Status.OK) {
            known.run();
        } else {
            refused.accept(Failures.refused(address, AnswerFrames.refusalText(frame)));
        }
    }

    @Override
    public void unreadable(MillraceException why) {
        refused.accept(why);
    }

    @Override
    public void lost(MillraceException why, boolean isWritten) {
        // Whoever waits for the connection is told by the connection.
    }
}
