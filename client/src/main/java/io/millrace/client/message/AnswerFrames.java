package io.millrace.client.message;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.StatsResponseDecoder;

import org.agrona.DirectBuffer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decodes answers from sound frames at offset 0. Codes that only a later version knows become those
 * that stand for the unknown; longer blocks of a later version are skipped.
 *
 * <p>Threading: any thread. Allocation: what is returned.
 */
public final class AnswerFrames {
    private AnswerFrames() {}

    /**
     * How a request ended.
     *
     * @param frame any answer.
     * @return its status; OK for answers that have none.
     */
    public static Status status(DirectBuffer frame) {
        return isResult(frame) ? Status.of(decoder(frame).statusRaw()) : Status.OK;
    }

    /**
     * What the server says of it.
     *
     * @param frame any answer.
     * @return status and message, as for an error.
     */
    public static String refusalText(DirectBuffer frame) {
        if (!isResult(frame)) {
            return "template=" + FrameLayout.templateId(frame, 0);
        }
        Answer answer = result(frame);
        return "status=" + answer.status() + ", message=" + answer.message();
    }

    /** What came instead of the answer that a kind of request is due. */
    static MillraceException refusal(RequestKind kind, DirectBuffer frame) {
        boolean isTooNew = status(frame) == Status.UNSUPPORTED_VERSION;
        return new MillraceException(
                isTooNew ? ErrorCode.UNSUPPORTED_VERSION : ErrorCode.UNAVAILABLE,
                "the server refused: request=" + kind.label() + ", " + refusalText(frame),
                null);
    }

    private static boolean isResult(DirectBuffer frame) {
        return FrameLayout.templateId(frame, 0) == ResultResponseDecoder.TEMPLATE_ID;
    }

    private static ResultResponseDecoder decoder(DirectBuffer frame) {
        return new ResultResponseDecoder()
                .wrapAndApplyHeader(frame, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
    }

    static Answer result(DirectBuffer frame) {
        ResultResponseDecoder result = decoder(frame);
        ResultResponseDecoder.ItemsDecoder items = result.items();
        int count = items.count();
        long[] itemIds = new long[count];
        float[] scores = new float[count];
        byte[] sources = new byte[count];
        for (int i = 0; i < count; i++) {
            items.next();
            itemIds[i] = items.itemId();
            scores[i] = items.score();
            sources[i] = (byte) items.sourceRaw();
        }
        return new Answer(
                result.correlationId(),
                Status.of(result.statusRaw()),
                reason(result.reasonRaw()),
                result.degraded().getRaw(),
                result.retrieved(),
                result.ranked(),
                result.serviceNs(),
                result.fingerprint(),
                itemIds,
                scores,
                sources,
                result.message(),
                // In the order of the frame.
                StageTimes.read(result));
    }

    static Statistics stats(DirectBuffer frame) {
        StatsResponseDecoder stats =
                new StatsResponseDecoder()
                        .wrapAndApplyHeader(
                                frame, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        Map<String, Double> samples = new LinkedHashMap<>();
        for (StatsResponseDecoder.SamplesDecoder sample : stats.samples()) {
            double value = sample.value();
            samples.put(sample.name(), value);
        }
        return new Statistics(stats.fingerprint(), stats.uptimeNs(), samples);
    }

    static ReasonCode reason(int code) {
        for (ReasonCode reason : ReasonCode.values()) {
            if (reason.value() == code) {
                return reason;
            }
        }
        return ReasonCode.NULL_VAL;
    }

    static ServerInfo info(DirectBuffer frame) {
        InfoResponseDecoder info =
                new InfoResponseDecoder()
                        .wrapAndApplyHeader(
                                frame, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        InfoResponseDecoder.SampleUsersDecoder users = info.sampleUsers();
        long[] userIds = new long[users.count()];
        for (int i = 0; i < userIds.length; i++) {
            userIds[i] = users.next().id();
        }
        InfoResponseDecoder.SampleItemsDecoder items = info.sampleItems();
        long[] itemIds = new long[items.count()];
        for (int i = 0; i < itemIds.length; i++) {
            itemIds[i] = items.next().id();
        }
        List<ContextField> fields = new ArrayList<>();
        for (InfoResponseDecoder.ContextFieldsDecoder field : info.contextFields()) {
            int codes = field.codes();
            fields.add(new ContextField(field.name(), codes));
        }
        return new ServerInfo(
                info.version(),
                info.protocolVersion(),
                info.items(),
                info.users(),
                info.dimension(),
                info.maxK(),
                info.fingerprint(),
                userIds,
                itemIds,
                List.copyOf(fields));
    }

    static RankColumns rankColumns(DirectBuffer frame) {
        return RankColumns.of(
                new ColumnsResponseDecoder()
                        .wrapAndApplyHeader(
                                frame, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder()));
    }
}
