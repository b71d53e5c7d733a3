package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.StatsResponseEncoder;
import io.millrace.server.http.HttpAnswer;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Statistics of a frame as JSON. */
class StatsJsonTest {
    private static DirectBuffer frame(long fingerprint, long uptimeNs, Map<String, Double> values) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        StatsResponseEncoder stats =
                new StatsResponseEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder())
                        .correlationId(7)
                        .fingerprint(fingerprint)
                        .uptimeNs(uptimeNs);
        StatsResponseEncoder.SamplesEncoder samples = stats.samplesCount(values.size());
        values.forEach((name, value) -> samples.next().value(value).name(name));
        int bytes = FrameLayout.finish(buffer, 0, stats.encodedLength(), FrameLayout.WISH_VERSION);
        UnsafeBuffer frame = new UnsafeBuffer(buffer.byteArray(), 0, bytes);
        assertEquals(FrameVerdict.SOUND, FrameCheck.check(frame, 0));
        return frame;
    }

    private static String body(DirectBuffer frame) {
        HttpAnswer answer = AnswerJson.of(frame, false);
        assertEquals(200, answer.status());
        return new String(answer.body(), UTF_8);
    }

    private static JsonNode description() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(Gateway.class.getResourceAsStream("openapi.json"))) {
            return Json.mapper().readTree(in);
        }
    }

    private static void assertDescribed(JsonNode value) throws IOException {
        JsonNode description = description();
        JsonNode schema = description.at("/components/schemas/Statistics");
        assertEquals(List.of(), SchemaCheck.faults(description, schema, value));
    }

    @Test
    void shouldTellSamplesByName() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("requests_total{kind=\"recommend\",status=\"ok\"}", 12.0);
        values.put("service_seconds{quantile=\"0.99\"}", 0.0025);
        String body = body(frame(0xFEDCBA9876543210L, 60_000_000_000L, values));
        assertEquals(
                """
                {"fingerprint":"fedcba9876543210","uptimeNs":60000000000,"samples":{\
                "requests_total{kind=\\"recommend\\",status=\\"ok\\"}":12,\
                "service_seconds{quantile=\\"0.99\\"}":0.0025}}
                """,
                body);
        assertDescribed(Json.mapper().readTree(body));
    }

    /** JSON has no number for these, and a parser would give the whole answer up. */
    @Test
    void shouldTellNullWhenASampleIsNoFiniteNumber() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("unknown", Double.NaN);
        values.put("endless", Double.POSITIVE_INFINITY);
        values.put("bottomless", Double.NEGATIVE_INFINITY);
        values.put("known", 1.5);
        JsonNode told = Json.mapper().readTree(body(frame(1, 2, values)));
        assertDescribed(told);
        JsonNode samples = told.get("samples");
        assertEquals(4, samples.size());
        for (String name : List.of("unknown", "endless", "bottomless")) {
            assertTrue(samples.get(name).isNull(), name);
        }
        assertEquals(1.5, samples.get("known").asDouble());
    }

    @Test
    void shouldGiveEveryNumberBackExactly() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        double[] numbers = {
            0, 1, -3, 1e15, 0x1p53, 0x1p53 + 2, -0x1p60, 1e300, 0.1, 1e-9, Double.MIN_VALUE,
        };
        for (double number : numbers) {
            values.put("n" + values.size(), number);
        }
        String body = body(frame(1, 2, values));
        JsonNode samples = Json.mapper().readTree(body).get("samples");
        for (int i = 0; i < numbers.length; i++) {
            assertEquals(numbers[i], samples.get("n" + i).asDouble(), body);
        }
        // Counts as counts, not as 1.0E15.
        assertEquals("1000000000000000", samples.get("n3").toString());
        assertTrue(samples.get("n4").isIntegralNumber(), body);
    }

    @Test
    void shouldTellNoSamplesWhenThereAreNone() {
        assertEquals(
                "{\"fingerprint\":\"0000000000000001\",\"uptimeNs\":2,\"samples\":{}}\n",
                body(frame(1, 2, Map.of())));
    }

    @Test
    void shouldShowAnExampleThatFits() throws IOException {
        JsonNode examples =
                description()
                        .at("/paths/~1v1~1stats/get/responses/200/content")
                        .get("application/json")
                        .get("examples");
        assertTrue(examples.size() > 0);
        for (JsonNode example : examples) {
            assertDescribed(example.get("value"));
        }
    }
}
