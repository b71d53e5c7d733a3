package io.millrace.server.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.DegradedFlagsDecoder;
import io.millrace.core.wire.codec.ExplainResponseDecoder;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.StatsResponseDecoder;
import io.millrace.server.http.HttpAnswer;
import io.millrace.server.request.Stage;

import org.agrona.DirectBuffer;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Locale;

/**
 * Makes JSON of the frames that answer.
 *
 * <p>Threading: one thread. Allocation: the answer.
 */
final class AnswerJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int HEADER = FrameLayout.HEADER_OFFSET;

    /** Up to here doubles hold every whole number. */
    private static final double MOST_EXACT = 1L << 53;

    private final StringWriter text = new StringWriter();
    private final JsonGenerator json;
    private final boolean idsAreTexts;

    private AnswerJson(boolean idsAreTexts) throws IOException {
        this.json = JSON.createGenerator(text);
        this.idsAreTexts = idsAreTexts;
    }

    /**
     * The answer of a frame.
     *
     * @param frame sound, at offset 0
     * @param idsAreTexts whether ids are written as strings
     */
    static HttpAnswer of(DirectBuffer frame, boolean idsAreTexts) {
        MessageHeaderDecoder header = new MessageHeaderDecoder();
        int template = FrameLayout.templateId(frame, 0);
        try {
            AnswerJson answer = new AnswerJson(idsAreTexts);
            switch (template) {
                case ResultResponseDecoder.TEMPLATE_ID -> {
                    ResultResponseDecoder result = new ResultResponseDecoder();
                    result.wrapAndApplyHeader(frame, HEADER, header);
                    Status status = Status.of(result.statusRaw());
                    if (status != Status.OK) {
                        // The text stands behind the items, of which a refusal has none.
                        result.items();
                        return StatusTable.error(status, result.message()).refusedElsewhere();
                    }
                    answer.write(result);
                }
                case InfoResponseDecoder.TEMPLATE_ID ->
                        answer.write(
                                new InfoResponseDecoder()
                                        .wrapAndApplyHeader(frame, HEADER, header));
                case ColumnsResponseDecoder.TEMPLATE_ID ->
                        answer.write(
                                new ColumnsResponseDecoder()
                                        .wrapAndApplyHeader(frame, HEADER, header));
                case StatsResponseDecoder.TEMPLATE_ID ->
                        answer.write(
                                new StatsResponseDecoder()
                                        .wrapAndApplyHeader(frame, HEADER, header));
                case ExplainResponseDecoder.TEMPLATE_ID ->
                        new ExplanationJson(answer, answer.json)
                                .write(
                                        new ExplainResponseDecoder()
                                                .wrapAndApplyHeader(frame, HEADER, header));
                default -> answer.writePong();
            }
            return answer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpAnswer finish() throws IOException {
        json.close();
        return HttpAnswer.json(text.toString());
    }

    private void writePong() throws IOException {
        json.writeStartObject();
        json.writeStringField("status", Status.OK.name());
        json.writeEndObject();
    }

    private void write(ResultResponseDecoder result) throws IOException {
        json.writeStartObject();
        json.writeStringField("status", Status.OK.name());
        json.writeStringField("reason", result.reason().name());
        writeDegraded(result.degraded());
        json.writeNumberField("retrieved", result.retrieved());
        json.writeNumberField("ranked", result.ranked());
        json.writeNumberField("serviceNs", result.serviceNs());
        writeFingerprint(result.fingerprint());
        json.writeArrayFieldStart("items");
        for (ResultResponseDecoder.ItemsDecoder item : result.items()) {
            json.writeStartObject();
            json.writeFieldName("itemId");
            writeId(item.itemId());
            json.writeNumberField("score", item.score());
            json.writeStringField("source", item.source().name());
            json.writeEndObject();
        }
        json.writeEndArray();
        // In the order of the frame.
        result.skipMessage();
        writeStages(result);
        json.writeEndObject();
    }

    /** The times of the stages that were passed, where a trace was asked for. */
    private void writeStages(ResultResponseDecoder result) throws IOException {
        byte[] bytes = new byte[result.stageNsLength()];
        if (bytes.length == 0) {
            return;
        }
        result.getStageNs(bytes, 0, bytes.length);
        LongBuffer times = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        json.writeObjectFieldStart("stageNs");
        for (int i = 0; i < Stage.count(); i++) {
            long ns = times.get(i);
            if (ns >= 0) {
                json.writeNumberField(Stage.at(i).label(), ns);
            }
        }
        json.writeEndObject();
    }

    private void write(StatsResponseDecoder stats) throws IOException {
        json.writeStartObject();
        writeFingerprint(stats.fingerprint());
        json.writeNumberField("uptimeNs", stats.uptimeNs());
        json.writeObjectFieldStart("samples");
        for (StatsResponseDecoder.SamplesDecoder sample : stats.samples()) {
            double value = sample.value();
            json.writeFieldName(sample.name());
            writeSample(value);
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** JSON has no number for what is not known; counts are written without a point. */
    private void writeSample(double value) throws IOException {
        if (!Double.isFinite(value)) {
            json.writeNull();
        } else if (value == Math.rint(value) && Math.abs(value) <= MOST_EXACT) {
            json.writeNumber((long) value);
        } else {
            json.writeNumber(value);
        }
    }

    void writeDegraded(DegradedFlagsDecoder degraded) throws IOException {
        json.writeArrayFieldStart("degraded");
        if (degraded.narrowSearch()) {
            json.writeString("narrowSearch");
        }
        if (degraded.fewerCandidates()) {
            json.writeString("fewerCandidates");
        }
        if (degraded.shallowRanking()) {
            json.writeString("shallowRanking");
        }
        if (degraded.noRanking()) {
            json.writeString("noRanking");
        }
        if (degraded.noRules()) {
            json.writeString("noRules");
        }
        if (degraded.lightRanking()) {
            json.writeString("lightRanking");
        }
        json.writeEndArray();
    }

    private void write(InfoResponseDecoder info) throws IOException {
        json.writeStartObject();
        writeFingerprint(info.fingerprint());
        json.writeNumberField("items", info.items());
        json.writeNumberField("users", info.users());
        json.writeNumberField("dimension", info.dimension());
        json.writeNumberField("maxK", info.maxK());
        json.writeNumberField("protocolVersion", info.protocolVersion());
        json.writeArrayFieldStart("sampleUsers");
        for (InfoResponseDecoder.SampleUsersDecoder user : info.sampleUsers()) {
            writeId(user.id());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("sampleItems");
        for (InfoResponseDecoder.SampleItemsDecoder item : info.sampleItems()) {
            writeId(item.id());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("contextFields");
        for (InfoResponseDecoder.ContextFieldsDecoder field : info.contextFields()) {
            json.writeStartObject();
            json.writeNumberField("codes", field.codes());
            json.writeStringField("name", field.name());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("version", info.version());
        json.writeEndObject();
    }

    private void write(ColumnsResponseDecoder response) throws IOException {
        json.writeStartObject();
        writeFingerprint(response.fingerprint());
        json.writeNumberField("maxCandidates", response.maxCandidates());
        json.writeNumberField("maxColumnBytes", response.maxColumnBytes());
        json.writeArrayFieldStart("columns");
        for (ColumnsResponseDecoder.ColumnsDecoder column : response.columns()) {
            json.writeStartObject();
            json.writeStringField("form", column.form().name());
            json.writeNumberField("maxValues", column.maxValues());
            json.writeStringField("name", column.name());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    void writeId(long id) throws IOException {
        if (idsAreTexts) {
            json.writeString(Long.toString(id));
        } else {
            json.writeNumber(id);
        }
    }

    /** As manifests have it: no number of JavaScript holds it. */
    void writeFingerprint(long fingerprint) throws IOException {
        json.writeStringField("fingerprint", String.format(Locale.ROOT, "%016x", fingerprint));
    }
}
