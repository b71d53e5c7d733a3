package io.millrace.loadgen;

import io.millrace.client.connection.ClientSecurity;
import io.millrace.client.message.RequestFrames;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.PingEncoder;
import io.millrace.core.wire.codec.PongDecoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.loadgen.frame.AnswerCheck;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes sure before a load that a server answers on every connection: one that takes no more of
 * them opens a connection all the same, says so, and closes it.
 *
 * <p>Threading: told by the event loop; {@link #await} by the caller.
 */
final class Greeting implements FrameListener {
    private static final int PING_BYTES = FrameLayout.BODY_OFFSET + PingEncoder.BLOCK_LENGTH;

    private final int wanted;
    private final byte[] ping = new byte[PING_BYTES];
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile int answered;
    private volatile @Nullable String refusal;

    Greeting(int wanted) {
        this.wanted = wanted;
        UnsafeBuffer view = new UnsafeBuffer(ping);
        PingEncoder encoder =
                new PingEncoder()
                        .wrapAndApplyHeader(
                                view, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        encoder.correlationId(0);
        FrameLayout.finish(view, 0, encoder.encodedLength());
    }

    /** How many connections must answer. */
    int wanted() {
        return wanted;
    }

    /** Asks on a connection as soon as it is open; called by the event loop. */
    void ask(LoadConnection connection, ClientSecurity security) {
        if (connection.isOpen()) {
            String token = security.tokenFor(connection.remote());
            if (token != null) {
                connection.output().writeBytes(RequestFrames.auth(token).leaving(0, 0));
            }
            connection.output().writeBytes(ping);
            connection.flush();
        }
    }

    /** Whether it is known already that not all of them will answer. */
    boolean isRefused() {
        return refusal != null;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the event loop writes.
    public void frame(LoadConnection connection, DirectBuffer buffer, int frame, long nowNs) {
        if (FrameLayout.templateId(buffer, frame) == PongDecoder.TEMPLATE_ID) {
            answered++;
            if (answered == wanted) {
                end.countDown();
            }
        } else if (FrameLayout.templateId(buffer, frame) == ResultResponseDecoder.TEMPLATE_ID) {
            AnswerCheck answer = new AnswerCheck(1);
            answer.read(buffer, frame);
            if (answer.status() != Status.OK) {
                // Else it is to the token.
                refuse(answer.status() + ": " + answer.message());
            }
        }
    }

    @Override
    public void closed(LoadConnection connection, String why) {
        refuse(why);
    }

    private void refuse(String why) {
        if (refusal == null) {
            refusal = why;
        }
        end.countDown();
    }

    /** Waits until all have answered, as long as some do: thousands of handshakes take a while. */
    void await(int timeoutMs) {
        boolean hasEnded;
        try {
            int before;
            do {
                before = answered;
                hasEnded = end.await(timeoutMs, TimeUnit.MILLISECONDS);
            } while (!hasEnded && answered > before);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "the load was interrupted: run it again", e);
        }
        String why = hasEnded ? refusal : "no answer within " + timeoutMs + " ms";
        if (why != null) {
            throw tooMany(wanted, answered, why, null);
        }
    }

    /** That a server and its machines have not as many connections as wanted. */
    static MillraceException tooMany(int wanted, int open, String why, @Nullable Throwable cause) {
        return new MillraceException(
                ErrorCode.UNAVAILABLE,
                String.format(
                        Locale.ROOT,
                        "the server takes no more connections: wanted=%d, answering=%d, reason=%s;"
                                + " open fewer, or raise the server's limits.connections and the"
                                + " open files of both processes (ulimit -n)",
                        wanted,
                        open,
                        why),
                cause);
    }
}
