package io.millrace.client.message;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ExplainRequestEncoder;
import io.millrace.core.wire.codec.ExplainResponseDecoder;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SlotCode;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Encodes questions why items are answered, and decodes what comes back.
 *
 * <p>Threading: any thread. Allocation: per request.
 */
public final class ExplainFrames {
    private static final int INITIAL_BYTES = 256;

    private ExplainFrames() {}

    /**
     * Asks why items are recommended to a user, or are not.
     *
     * @param asked the question.
     * @return what became of them.
     */
    public static RequestFrame<Explanation> explain(ExplainQuery asked) {
        RecommendQuery query = asked.query();
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        ExplainRequestEncoder encoder = new ExplainRequestEncoder();
        encoder.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder())
                .userId(query.userId())
                .timestampMs(query.timestampMs())
                .k(query.k())
                .flags()
                .clear()
                .keepSeen(query.keepsSeen())
                .skipRules(query.skipsRules())
                .replaceHistory(query.replacesHistory())
                .countNearer(asked.countsNearer());
        ExplainRequestEncoder.ContextEncoder context = encoder.contextCount(query.context().size());
        query.context().forEach((field, code) -> context.next().field(field).code(code));
        ExplainRequestEncoder.ExcludeEncoder exclude = encoder.excludeCount(query.exclude().size());
        query.exclude().forEach(itemId -> exclude.next().itemId(itemId));
        ExplainRequestEncoder.HistoryEncoder history = encoder.historyCount(query.history().size());
        query.history().forEach(itemId -> history.next().itemId(itemId));
        ExplainRequestEncoder.ItemsEncoder items = encoder.itemsCount(asked.items().size());
        asked.items().forEach(itemId -> items.next().itemId(itemId));
        int version = FrameLayout.EXPLAIN_VERSION;
        if (!query.wishes().areNone()) {
            encoder.filter(query.wishes().filter()).experimentKey(query.wishes().experimentKey());
            version = FrameLayout.WISH_VERSION;
        }
        return RequestFrames.frame(
                RequestKind.EXPLAIN,
                buffer,
                encoder.encodedLength(),
                version,
                ExplainFrames::explanation);
    }

    private static Explanation explanation(DirectBuffer frame) {
        if (FrameLayout.templateId(frame, 0) == ResultResponseDecoder.TEMPLATE_ID) {
            return refused(AnswerFrames.result(frame));
        }
        ExplainResponseDecoder explained =
                new ExplainResponseDecoder()
                        .wrapAndApplyHeader(
                                frame, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        List<String> heads = new ArrayList<>();
        for (ExplainResponseDecoder.HeadsDecoder head : explained.heads()) {
            heads.add(head.name());
        }
        List<Explanation.Field> fields = new ArrayList<>();
        for (ExplainResponseDecoder.FieldsDecoder field : explained.fields()) {
            FieldScopeCode scope =
                    constant(
                            FieldScopeCode.values(),
                            FieldScopeCode::value,
                            field.scopeRaw(),
                            FieldScopeCode.NULL_VAL);
            fields.add(new Explanation.Field(scope, field.name()));
        }
        List<Explanation.Item> items = new ArrayList<>();
        for (ExplainResponseDecoder.ItemsDecoder item : explained.items()) {
            items.add(item(item));
        }
        return new Explanation(
                Status.OK,
                "",
                explained.correlationId(),
                explained.serviceNs(),
                explained.fingerprint(),
                explained.momentMs(),
                explained.retrieved(),
                explained.candidates(),
                explained.ranked(),
                explained.answered(),
                explained.degraded().getRaw(),
                AnswerFrames.reason(explained.reasonRaw()),
                heads,
                fields,
                items);
    }

    private static Explanation refused(Answer answer) {
        return new Explanation(
                answer.status(),
                answer.message(),
                answer.correlationId(),
                answer.serviceNs(),
                answer.fingerprint(),
                0,
                0,
                0,
                0,
                0,
                answer.degraded(),
                answer.reason(),
                List.of(),
                List.of(),
                List.of());
    }

    private static Explanation.Item item(ExplainResponseDecoder.ItemsDecoder item) {
        return new Explanation.Item(
                item.itemId(),
                constant(
                        ItemStateCode.values(),
                        ItemStateCode::value,
                        item.stateRaw(),
                        ItemStateCode.NULL_VAL),
                constant(FateCode.values(), FateCode::value, item.fateRaw(), FateCode.NULL_VAL),
                item.filters().seen(),
                item.filters().excluded(),
                item.filters().filtered(),
                item.similarity(),
                item.similarityPlace(),
                constant(
                        RetrieverCode.values(),
                        RetrieverCode::value,
                        item.retrieverRaw(),
                        RetrieverCode.NULL_VAL),
                item.retrievedPlace(),
                item.retrievalScore(),
                item.lightValue(),
                item.value(),
                item.score(),
                item.rankedPlace(),
                item.place(),
                constant(SlotCode.values(), SlotCode::value, item.slotRaw(), SlotCode.NULL_VAL),
                // In the order of the frame.
                floats(item.probabilitiesLength(), item::getProbabilities),
                floats(item.contributionsLength(), item::getContributions));
    }

    private static float[] floats(int length, DataReader reader) {
        byte[] bytes = new byte[length];
        reader.read(bytes, 0, length);
        float[] floats = new float[length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    private static <E> E constant(E[] all, ToIntFunction<E> code, int raw, E unknown) {
        for (E constant : all) {
            if (code.applyAsInt(constant) == raw) {
                return constant;
            }
        }
        return unknown;
    }

    /** Reads the data that comes next. */
    @FunctionalInterface
    private interface DataReader {
        int read(byte[] target, int offset, int length);
    }
}
