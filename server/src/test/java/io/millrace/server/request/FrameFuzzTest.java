package io.millrace.server.request;

import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.FuzzedFrames;
import io.millrace.server.config.ServerConfig;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Frames on their way from the bytes of a connection to a request. */
final class FrameFuzzTest {
    private static final ServerConfig.LimitsConfig LIMITS = ServerConfig.defaults().limits();

    private final RequestLimits limits = new FakeFunnel().catalogue().requestLimits(LIMITS);
    private final RequestReader reader = new RequestReader(limits);
    private final Request request = new Request(limits);

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() {
        Fuzzing.of("frame")
                .seeds(FuzzedFrames.sound())
                .repairing(FuzzedFrames::withLength)
                .run(this::read);
    }

    private void read(byte[] input) {
        if (input.length < FrameLayout.LENGTH_BYTES) {
            throw MillraceException.badInput("no frame: bytes=%d; send more", input.length);
        }
        long length = FrameLayout.length(new UnsafeBuffer(input), 0);
        if (length > LIMITS.frameBytes() || length > input.length - FrameLayout.LENGTH_BYTES) {
            throw MillraceException.badInput("no whole frame: length=%d; send more", length);
        }
        // Whatever is read behind the end of the frame is outside of the buffer.
        UnsafeBuffer frame = new UnsafeBuffer(input, 0, FrameLayout.LENGTH_BYTES + (int) length);
        FrameVerdict verdict = FrameCheck.check(frame, 0);
        if (verdict != FrameVerdict.SOUND) {
            throw MillraceException.badInput("%s", verdict.message());
        }
        switch (RequestReader.kindOf(FrameLayout.templateId(frame, 0))) {
            case AUTH, PING, INFO, COLUMNS, SCOPE_COLUMNS -> {
                // Answered without a reader.
            }
            default -> {
                if (reader.readInto(frame, 0, 0, request) != Status.OK) {
                    throw MillraceException.badInput("%s", reader.error());
                }
            }
        }
    }
}
