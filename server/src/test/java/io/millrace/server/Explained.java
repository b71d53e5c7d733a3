package io.millrace.server;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.ExplainResponseDecoder;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SlotCode;

import org.agrona.concurrent.UnsafeBuffer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An explanation as read. */
public record Explained(
        long correlationId,
        long fingerprint,
        long momentMs,
        int retrieved,
        int candidates,
        int ranked,
        int answered,
        int degraded,
        ReasonCode reason,
        List<String> heads,
        Map<String, FieldScopeCode> fields,
        List<Item> items) {

    /** Of one item; what comes by head or field is told by name. */
    public record Item(
            long itemId,
            ItemStateCode state,
            FateCode fate,
            boolean isSeen,
            boolean isExcluded,
            float similarity,
            int similarityPlace,
            RetrieverCode retriever,
            int retrievedPlace,
            float retrievalScore,
            float lightValue,
            float value,
            float score,
            int rankedPlace,
            int place,
            SlotCode slot,
            Map<String, Float> probabilities,
            Map<String, Float> contributions) {}

    static Explained of(byte[] frame) {
        UnsafeBuffer buffer = new UnsafeBuffer(frame);
        int template = FrameLayout.templateId(buffer, 0);
        if (template != ExplainResponseDecoder.TEMPLATE_ID) {
            throw new AssertionError("no explanation: " + WireClient.Result.of(frame));
        }
        ExplainResponseDecoder read = new ExplainResponseDecoder();
        read.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderDecoder());
        List<String> heads = new ArrayList<>();
        for (ExplainResponseDecoder.HeadsDecoder head : read.heads()) {
            heads.add(head.name());
        }
        Map<String, FieldScopeCode> fields = new LinkedHashMap<>();
        for (ExplainResponseDecoder.FieldsDecoder field : read.fields()) {
            FieldScopeCode scope = field.scope();
            fields.put(field.name(), scope);
        }
        List<Item> items = new ArrayList<>();
        for (ExplainResponseDecoder.ItemsDecoder item : read.items()) {
            items.add(item(item, heads, List.copyOf(fields.keySet())));
        }
        return new Explained(
                read.correlationId(),
                read.fingerprint(),
                read.momentMs(),
                read.retrieved(),
                read.candidates(),
                read.ranked(),
                read.answered(),
                read.degraded().getRaw(),
                read.reason(),
                heads,
                fields,
                items);
    }

    private static Item item(
            ExplainResponseDecoder.ItemsDecoder item, List<String> heads, List<String> fields) {
        UnsafeBuffer bytes = new UnsafeBuffer();
        item.wrapProbabilities(bytes);
        Map<String, Float> probabilities = byName(heads, bytes);
        item.wrapContributions(bytes);
        return new Item(
                item.itemId(),
                item.state(),
                item.fate(),
                item.filters().seen(),
                item.filters().excluded(),
                item.similarity(),
                item.similarityPlace(),
                item.retriever(),
                item.retrievedPlace(),
                item.retrievalScore(),
                item.lightValue(),
                item.value(),
                item.score(),
                item.rankedPlace(),
                item.place(),
                item.slot(),
                probabilities,
                byName(fields, bytes));
    }

    private static Map<String, Float> byName(List<String> names, UnsafeBuffer bytes) {
        float[] numbers = new float[bytes.capacity() / Float.BYTES];
        VectorBytes.get(bytes, 0, numbers);
        Map<String, Float> byName = new LinkedHashMap<>();
        for (int i = 0; i < numbers.length; i++) {
            byName.put(names.get(i), numbers[i]);
        }
        return byName;
    }
}
