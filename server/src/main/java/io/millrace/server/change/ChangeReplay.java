package io.millrace.server.change;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.journal.JournalReplay;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestReader;

import org.agrona.DirectBuffer;

/**
 * Makes the changes of a journal again.
 *
 * <p>Threading: one thread.
 */
final class ChangeReplay implements JournalReplay {
    private final ChangeTarget target;
    private final RequestReader reader;
    private final Request request;
    private final Answer answer;
    private long withoutEffect;

    ChangeReplay(ChangeSize size, ChangeTarget target) {
        this.target = target;
        // What was taken once is taken again, whatever the configuration says by now.
        RequestLimits limits =
                new RequestLimits(
                        0,
                        0,
                        0,
                        1,
                        size.columns(),
                        WireLimits.MAX_FRAME_BYTES,
                        0,
                        size.dimension());
        reader = new RequestReader(limits);
        request = new Request(limits);
        answer = new Answer(0);
    }

    @Override
    public void replay(long sequence, DirectBuffer buffer, int offset, int length) {
        int left = length - FrameLayout.LENGTH_BYTES;
        // What a frame says of its length must not have its neighbours read.
        if (left < 0 || FrameLayout.length(buffer, offset) != left) {
            throw unreadable(sequence, "not as long as its frame");
        }
        FrameVerdict verdict = FrameCheck.check(buffer, offset);
        if (verdict != FrameVerdict.SOUND) {
            throw unreadable(sequence, verdict.message());
        }
        if (!RequestReader.kindOf(FrameLayout.templateId(buffer, offset)).isChange()) {
            throw unreadable(sequence, "no change");
        }
        if (reader.readInto(buffer, offset, 0, request) != Status.OK) {
            throw unreadable(sequence, reader.error().toString());
        }
        answer.clear();
        target.apply(request, answer);
        if (answer.status() != Status.OK) {
            withoutEffect++;
        }
    }

    private static MillraceException unreadable(long sequence, String why) {
        return MillraceException.of(
                ErrorCode.UNSUPPORTED_VERSION,
                "change of the journal is not understood: sequence=%d, reason=%s; start the"
                        + " millrace that wrote it",
                sequence,
                why);
    }

    /** Changes that came to nothing, now as when they were answered. */
    long withoutEffect() {
        return withoutEffect;
    }
}
