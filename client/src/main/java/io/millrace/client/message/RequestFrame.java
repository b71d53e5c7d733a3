package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;

/**
 * A request as it goes over the wire, and how its answer is read. All of the frame is encoded but
 * for the correlation id and what is left of the deadline, which are known when it leaves.
 *
 * <p>Threading: one thread at a time. Allocation: none by leaving again.
 *
 * @param <A> what it is answered with.
 */
public final class RequestFrame<A> {
    private final RequestKind kind;
    private final byte[] bytes;
    private final UnsafeBuffer view;
    private final Function<DirectBuffer, A> reader;

    /** Takes over the bytes of the whole frame. */
    RequestFrame(RequestKind kind, byte[] bytes, Function<DirectBuffer, A> reader) {
        this.kind = kind;
        this.bytes = bytes;
        this.view = new UnsafeBuffer(bytes);
        this.reader = reader;
    }

    /**
     * What is asked, in a word for errors.
     *
     * @return such as {@code recommend}.
     */
    public String label() {
        return kind.label();
    }

    /**
     * Whether it changes nothing at the server, so that it may be sent twice.
     *
     * @return false for feedback and changes.
     */
    public boolean isRead() {
        return kind.isRead();
    }

    /**
     * The frame as it is to leave now.
     *
     * @param correlationId that the answer is known by.
     * @param deadlineUs time to answer in, up to an hour; 0: none. Questions about the server
     *     itself have none in their frames.
     * @return the whole frame; shares its bytes with every other of this request, so one of them is
     *     under way at a time.
     */
    public ByteBuffer leaving(long correlationId, long deadlineUs) {
        view.putLong(FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        if (kind.hasDeadline()) {
            view.putInt(kind.deadlineOffset(), (int) deadlineUs, ByteOrder.LITTLE_ENDIAN);
        }
        return ByteBuffer.wrap(bytes);
    }

    /**
     * Reads what came back.
     *
     * @param frame a sound frame at offset 0.
     * @return the answer.
     * @throws MillraceException when the server refused to answer, or answered something else.
     */
    public A read(DirectBuffer frame) {
        if (!kind.isAnsweredBy(FrameLayout.templateId(frame, 0))) {
            throw AnswerFrames.refusal(kind, frame);
        }
        return reader.apply(frame);
    }
}
