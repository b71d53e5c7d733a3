package io.millrace.server.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.server.Frames;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestReader;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** What frames become of bodies. */
class GatewayFramesTest {
    private static final FrameDoor DOOR =
            new FrameDoor(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), List.of("tab"));

    private static byte[] frame(RequestShape shape, String body) {
        try (BodyReader in = new BodyReader(body.getBytes(UTF_8))) {
            return shape.frame(shape.read(in, DOOR));
        }
    }

    private static void assertFrame(byte[] expected, RequestShape shape, String body) {
        assertArrayEquals(expected, frame(shape, body), body);
        if (shape != RequestShape.UPDATE) {
            String unused = body.replaceFirst("\\{", "{\"experimentKey\":\"\",");
            assertArrayEquals(expected, frame(shape, unused), unused);
        }
    }

    /** Older servers take them, and recorded ones stay the same. */
    @Test
    void shouldMakeTheFramesOfBeforeWhenNothingNewIsAsked() {
        assertFrame(
                Frames.recommend(0, 5, 7, 1, 99, 2_000, 3, 4),
                RequestShape.RECOMMEND,
                """
                {"userId": 5, "k": 7, "keepSeen": true, "timestampMs": 99, "deadlineMs": 2,
                 "exclude": [3, 4], "filter": "", "trace": false}
                """);
        assertFrame(
                Frames.recommendWithHistory(0, 5, 4, 99, 8, 9),
                RequestShape.RECOMMEND,
                """
                {"userId": 5, "timestampMs": 99, "replaceHistory": true, "history": [8, 9]}
                """);
        assertFrame(
                Frames.explain(0, 5, 7, 8, 99, new long[] {3}, 4),
                RequestShape.EXPLAIN,
                """
                {"userId": 5, "k": 7, "countNearer": true, "timestampMs": 99, "exclude": [3],
                 "items": [4], "filter": ""}
                """);
        assertFrame(
                Frames.similar(0, 3, 5, true, 4),
                RequestShape.SIMILAR,
                """
                {"itemId": 3, "k": 5, "applyRules": true, "exclude": [4], "trace": false}
                """);
        assertFrame(
                Frames.search(0, 5, 3, true, 1, 2, 3),
                RequestShape.SEARCH,
                """
                {"vector": [1, 2, 3], "k": 3, "userId": 5, "rank": true, "filter": ""}
                """);
        assertFrame(
                Frames.rank(0, 5, 2, true, 99, List.of(), 3, 4),
                RequestShape.RANK_CANDIDATES,
                """
                {"candidates": [3, 4], "userId": 5, "k": 2, "applyRules": true, "timestampMs": 99,
                 "trace": false}
                """);
        assertFrame(
                Frames.feedback(0, 5, 99, Frames.Event.of(EventCode.CLICK, 3)),
                RequestShape.FEEDBACK,
                """
                {"userId": 5, "timestampMs": 99, "events": [{"itemId": 3, "kind": "CLICK"}]}
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "RECOMMEND | {\"userId\":5,\"exclude\":[3],\"context\":{\"tab\":1}",
                "RECOMMEND | {\"userId\":5,\"history\":[3],\"replaceHistory\":true",
                "EXPLAIN | {\"userId\":5,\"items\":[3],\"history\":[4]",
                "SIMILAR | {\"itemId\":5,\"exclude\":[3]",
                "SEARCH | {\"vector\":[1,2,3],\"rank\":true",
                "RANK_CANDIDATES | {\"candidates\":[1,2],\"columns\":[{\"name\":\"p\","
                        + "\"values\":[1,null]}]",
                "FEEDBACK | {\"userId\":5,\"events\":[{\"itemId\":1,\"kind\":\"LIKE\"}]",
            })
    void shouldBringEachWishInAFrameOfTheVersionThatHasIt(RequestShape shape, String begin) {
        assertWishes(shape, begin + ",\"experimentKey\":\"b/é17\"}", "", "b/é17", false);
        if (shape.keys().contains("filter")) {
            String filter = ",\"filter\":\"brand = 'Größe'\"";
            assertWishes(shape, begin + filter + "}", "brand = 'Größe'", "", false);
        }
        if (shape.keys().contains("trace")) {
            assertWishes(shape, begin + ",\"trace\":true}", "", "", true);
        }
        if (shape.keys().contains("filter") && shape.keys().contains("trace")) {
            String all = ",\"trace\":true,\"experimentKey\":\"k\",\"filter\":\"a < 3\"}";
            assertWishes(shape, begin + all, "a < 3", "k", true);
        }
    }

    private static void assertWishes(
            RequestShape shape, String body, String filter, String key, boolean isTraced) {
        UnsafeBuffer frame = new UnsafeBuffer(frame(shape, body));
        assertEquals(FrameVerdict.SOUND, FrameCheck.check(frame, 0), body);
        assertEquals(FrameLayout.WISH_VERSION, FrameLayout.version(frame, 0), body);
        RequestLimits limits = new RequestLimits(100, 10, 5, 4, 2, 100, 3, 3);
        RequestReader reader = new RequestReader(limits);
        Request request = new Request(limits);
        assertEquals(Status.OK, reader.readInto(frame, 0, 0, request), reader.error().toString());
        assertEquals(filter, request.filter().toString());
        assertEquals(key, request.experimentKey().toString());
        assertEquals(isTraced, request.isTraced());
    }

    @Test
    void shouldAskForStatistics() {
        UnsafeBuffer frame = new UnsafeBuffer(FrameWriter.stats());
        assertEquals(FrameVerdict.SOUND, FrameCheck.check(frame, 0));
        assertEquals(FrameLayout.WISH_VERSION, FrameLayout.version(frame, 0));
        assertEquals(RequestKind.STATS, RequestReader.kindOf(FrameLayout.templateId(frame, 0)));
    }
}
