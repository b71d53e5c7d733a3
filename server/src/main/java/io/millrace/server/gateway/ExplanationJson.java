package io.millrace.server.gateway;

import com.fasterxml.jackson.core.JsonGenerator;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.ExplainResponseDecoder;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes JSON of explanations: what is not known is null, and what comes by head or by feature is
 * told by its name.
 *
 * <p>Threading: one thread. Allocation: as it is written.
 */
final class ExplanationJson {
    private final AnswerJson answer;
    private final JsonGenerator json;
    private final List<String> heads = new ArrayList<>();
    private final List<String> fields = new ArrayList<>();

    /**
     * Writes into an answer.
     *
     * @param answer the answer, which knows how ids are written
     * @param json that it writes to
     */
    ExplanationJson(AnswerJson answer, JsonGenerator json) {
        this.answer = answer;
        this.json = json;
    }

    void write(ExplainResponseDecoder explanation) throws IOException {
        json.writeStartObject();
        json.writeStringField("status", Status.OK.name());
        json.writeStringField("reason", explanation.reason().name());
        answer.writeDegraded(explanation.degraded());
        json.writeNumberField("momentMs", explanation.momentMs());
        json.writeNumberField("retrieved", explanation.retrieved());
        json.writeNumberField("candidates", explanation.candidates());
        json.writeNumberField("ranked", explanation.ranked());
        json.writeNumberField("answered", explanation.answered());
        json.writeNumberField("serviceNs", explanation.serviceNs());
        answer.writeFingerprint(explanation.fingerprint());
        for (ExplainResponseDecoder.HeadsDecoder head : explanation.heads()) {
            heads.add(head.name());
        }
        json.writeArrayFieldStart("fields");
        for (ExplainResponseDecoder.FieldsDecoder field : explanation.fields()) {
            json.writeStartObject();
            json.writeStringField("scope", field.scope().name());
            fields.add(field.name());
            json.writeStringField("name", fields.getLast());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("items");
        for (ExplainResponseDecoder.ItemsDecoder item : explanation.items()) {
            write(item);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(ExplainResponseDecoder.ItemsDecoder item) throws IOException {
        json.writeStartObject();
        json.writeFieldName("itemId");
        answer.writeId(item.itemId());
        json.writeStringField("fate", item.fate().name());
        json.writeStringField("state", item.state().name());
        json.writeBooleanField("seen", item.filters().seen());
        json.writeBooleanField("excluded", item.filters().excluded());
        json.writeBooleanField("filtered", item.filters().filtered());
        json.writeFieldName("similarity");
        writeNumber(item.similarity());
        json.writeNumberField("similarityPlace", item.similarityPlace());
        json.writeStringField("retriever", item.retriever().name());
        json.writeNumberField("retrievedPlace", item.retrievedPlace());
        json.writeFieldName("retrievalScore");
        writeNumber(item.retrievalScore());
        json.writeFieldName("lightValue");
        writeNumber(item.lightValue());
        json.writeFieldName("value");
        writeNumber(item.value());
        json.writeFieldName("score");
        writeNumber(item.score());
        json.writeNumberField("rankedPlace", item.rankedPlace());
        json.writeNumberField("place", item.place());
        json.writeStringField("slot", item.slot().name());
        UnsafeBuffer bytes = new UnsafeBuffer();
        item.wrapProbabilities(bytes);
        writeByName("probabilities", heads, bytes);
        item.wrapContributions(bytes);
        writeByName("contributions", fields, bytes);
        json.writeEndObject();
    }

    private void writeByName(String key, List<String> names, UnsafeBuffer bytes)
            throws IOException {
        json.writeObjectFieldStart(key);
        // Of an item that is not in the catalogue there are none.
        float[] numbers = new float[bytes.capacity() / VectorBytes.of(1)];
        VectorBytes.get(bytes, 0, numbers);
        for (int i = 0; i < numbers.length; i++) {
            json.writeFieldName(names.get(i));
            writeNumber(numbers[i]);
        }
        json.writeEndObject();
    }

    private void writeNumber(float number) throws IOException {
        if (Float.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeNull();
        }
    }
}
