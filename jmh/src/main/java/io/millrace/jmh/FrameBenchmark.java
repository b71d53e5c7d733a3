package io.millrace.jmh;

import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.RecommendRequestEncoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.request.Answer;
import io.millrace.server.request.AnswerWriter;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestReader;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * What the protocol costs a request: checking and decoding its frame, which names a context field
 * and excludes eight items, and encoding an answer of ten items; in nanoseconds each.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class FrameBenchmark {
    private static final int K = 10;
    private static final int EXCLUDED = 8;
    private static final RequestLimits LIMITS = new RequestLimits(100, 100, 100, 100, 0, 0, 4, 64);
    private static final long CORRELATION_ID = 77;
    private static final long USER_ID = 123_456_789_012L;
    private static final long FIRST_ITEM_ID = 5_000_000_000L;
    private static final long FINGERPRINT = 0x0123_4567_89ab_cdefL;
    private static final int ROOM = WireLimits.resultFrameBytes(K);

    private final UnsafeBuffer requestFrame = new UnsafeBuffer(ByteBuffer.allocateDirect(ROOM));
    private final UnsafeBuffer answerFrame = new UnsafeBuffer(ByteBuffer.allocateDirect(ROOM));
    private final RequestReader reader = new RequestReader(LIMITS);
    private final Request request = new Request(LIMITS);
    private final AnswerWriter writer = new AnswerWriter();
    private final Answer answer = new Answer(K);

    /** Makes a frame and an answer, and holds what is read back against what was put in. */
    @Setup
    public void prepare() {
        Expect.servingOptions();
        writeRequest();
        answer.clear();
        answer.worked(500, 500);
        for (int i = 0; i < K; i++) {
            answer.add(FIRST_ITEM_ID + i, 1f / (i + 1), SourceCode.RANKED);
        }
        verifyRequest();
        verifyAnswer();
    }

    /**
     * Checks and decodes a recommend request.
     *
     * @return the request.
     */
    @Benchmark
    public Request decodeRequest() {
        if (FrameCheck.check(requestFrame, 0) != FrameVerdict.SOUND
                || reader.readInto(requestFrame, 0, 1, request) != Status.OK) {
            throw new IllegalStateException("frame refused: " + reader.error());
        }
        return request;
    }

    /**
     * Encodes an answer of ten items.
     *
     * @return bytes of the frame.
     */
    @Benchmark
    public int encodeAnswer() {
        return writer.write(answer, CORRELATION_ID, 1_000_000, FINGERPRINT, answerFrame, 0);
    }

    private void writeRequest() {
        RecommendRequestEncoder encoder = new RecommendRequestEncoder();
        encoder.wrapAndApplyHeader(
                requestFrame, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        encoder.correlationId(CORRELATION_ID).userId(USER_ID).timestampMs(0).deadlineUs(0).k(K);
        encoder.flags().clear();
        encoder.contextCount(1).next().field(1).code(3);
        RecommendRequestEncoder.ExcludeEncoder exclude = encoder.excludeCount(EXCLUDED);
        for (int i = 0; i < EXCLUDED; i++) {
            exclude.next().itemId(FIRST_ITEM_ID - i);
        }
        FrameLayout.finish(requestFrame, 0, encoder.encodedLength());
    }

    private void verifyRequest() {
        decodeRequest();
        Expect.that(
                request.kind() == RequestKind.RECOMMEND
                        && request.correlationId() == CORRELATION_ID
                        && request.userId() == USER_ID
                        && request.k() == K
                        && request.contextCount() == 1
                        && request.contextCodes()[0] == 3
                        && request.excludedCount() == EXCLUDED
                        && request.excluded()[EXCLUDED - 1] == FIRST_ITEM_ID - EXCLUDED + 1,
                "another request than was sent");
    }

    private void verifyAnswer() {
        int bytes = encodeAnswer();
        Expect.that(
                FrameCheck.check(answerFrame, 0) == FrameVerdict.SOUND
                        && bytes == FrameLayout.length(answerFrame, 0) + FrameLayout.LENGTH_BYTES,
                "unsound answer: bytes=%d",
                bytes);
        ResultResponseDecoder decoder = new ResultResponseDecoder();
        decoder.wrapAndApplyHeader(
                answerFrame, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        ResultResponseDecoder.ItemsDecoder items = decoder.items();
        Expect.that(
                decoder.correlationId() == CORRELATION_ID && items.count() == K,
                "another answer than was given");
        for (int i = 0; i < K; i++) {
            items.next();
            Expect.that(
                    items.itemId() == answer.itemId(i) && items.score() == answer.score(i),
                    "another item than was given: place=%d",
                    i);
        }
    }
}
