package io.millrace.server.explain;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.DegradedFlagsEncoder;
import io.millrace.core.wire.codec.ExplainResponseEncoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes explanations as frames.
 *
 * <p>Threading: any thread. Allocation: the frame.
 */
public final class ExplanationWriter {
    private static final int INITIAL_BYTES = 4096;

    private ExplanationWriter() {}

    /**
     * Writes an {@code ExplainResponse}.
     *
     * @param explanation what to tell
     * @param correlationId of the request
     * @param serviceNs how long it took
     * @param fingerprint of the bundle that answered
     * @return the whole frame
     */
    public static byte[] write(
            Explanation explanation, long correlationId, long serviceNs, long fingerprint) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        ExplainResponseEncoder frame = new ExplainResponseEncoder();
        frame.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder())
                .correlationId(correlationId)
                .serviceNs(serviceNs)
                .fingerprint(fingerprint)
                .momentMs(explanation.momentMs())
                .retrieved(explanation.retrieved())
                .candidates(explanation.candidates())
                .ranked(explanation.ranked())
                .answered(explanation.answered())
                .reason(explanation.reason());
        DegradedFlagsEncoder degraded = frame.degraded();
        buffer.putShort(degraded.offset(), (short) explanation.degraded(), ByteOrder.LITTLE_ENDIAN);
        ExplainResponseEncoder.HeadsEncoder heads = frame.headsCount(explanation.heads().size());
        explanation.heads().forEach(name -> heads.next().name(name));
        ExplainResponseEncoder.FieldsEncoder fields =
                frame.fieldsCount(explanation.fields().size());
        explanation
                .fields()
                .forEach(field -> fields.next().scope(field.scope()).name(field.name()));
        ExplainResponseEncoder.ItemsEncoder items = frame.itemsCount(explanation.items().size());
        explanation.items().forEach(item -> put(item, items.next()));
        int bytes =
                FrameLayout.finish(buffer, 0, frame.encodedLength(), FrameLayout.EXPLAIN_VERSION);
        return Arrays.copyOf(buffer.byteArray(), bytes);
    }

    private static void put(ExplainedItem item, ExplainResponseEncoder.ItemsEncoder to) {
        to.itemId(item.itemId())
                .similarity(item.similarity().score())
                .similarityPlace(item.similarity().place())
                .retrievedPlace(item.retrieval().place())
                .retrievalScore(item.retrieval().score())
                .lightValue(item.worth().light())
                .value(item.worth().value())
                .score(item.ranking().score())
                .rankedPlace(item.ranking().place())
                .place(item.ranking().answered())
                .state(item.state())
                .retriever(item.retrieval().by())
                .fate(item.fate())
                .slot(item.ranking().slot());
        to.filters()
                .clear()
                .seen(item.isSeen())
                .excluded(item.isExcluded())
                .filtered(item.isFiltered());
        byte[] probabilities = bytes(item.worth().probabilities());
        to.putProbabilities(probabilities, 0, probabilities.length);
        byte[] contributions = bytes(item.worth().contributions());
        to.putContributions(contributions, 0, contributions.length);
    }

    private static byte[] bytes(float[] numbers) {
        byte[] bytes = new byte[VectorBytes.of(numbers.length)];
        VectorBytes.put(numbers, new UnsafeBuffer(bytes), 0);
        return bytes;
    }
}
