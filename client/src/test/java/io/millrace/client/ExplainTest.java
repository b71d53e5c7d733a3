package io.millrace.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.ExplainQuery;
import io.millrace.client.message.Explanation;
import io.millrace.client.message.RecommendQuery;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.ExplainRequestDecoder;
import io.millrace.core.wire.codec.ExplainResponseEncoder;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SlotCode;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;

/** What a client asks to have explained, and what it makes of the answer. */
@Timeout(120)
final class ExplainTest {
    private static final ExplainQuery QUERY =
            new ExplainQuery(
                    new RecommendQuery(
                            42,
                            10,
                            1_234,
                            Map.of(1, 5),
                            List.of(3L),
                            List.of(7L, 8L),
                            true,
                            true,
                            false),
                    List.of(900L, -1L),
                    true);

    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Test
    void shouldAskAndTellWhatBecameOfItems() throws InterruptedException {
        try (FakeServer server = new FakeServer(this::explain);
                MillraceClient client = Clients.of(server).build()) {
            assertTold(client.explain(QUERY));
            assertTold(client.async().explain(QUERY).join());
            assertEquals("v6 42 1234 10 true false true true c1=5 x3 h7 h8 i900 i-1", heard.take());
            client.explain(ExplainQuery.of(7));
            heard.take();
            assertEquals("v6 7 0 10 false false false false", heard.take());
        }
    }

    private void explain(FakeServer.Peer peer, int number) throws IOException {
        ExplainRequestDecoder asked = peer.explain();
        StringBuilder words = new StringBuilder("v").append(peer.version());
        words.append(' ').append(asked.userId()).append(' ').append(asked.timestampMs());
        words.append(' ').append(asked.k());
        words.append(' ').append(asked.flags().keepSeen());
        words.append(' ').append(asked.flags().skipRules());
        words.append(' ').append(asked.flags().replaceHistory());
        words.append(' ').append(asked.flags().countNearer());
        for (ExplainRequestDecoder.ContextDecoder context : asked.context()) {
            words.append(" c").append(context.field()).append('=').append(context.code());
        }
        for (ExplainRequestDecoder.ExcludeDecoder exclude : asked.exclude()) {
            words.append(" x").append(exclude.itemId());
        }
        for (ExplainRequestDecoder.HistoryDecoder watched : asked.history()) {
            words.append(" h").append(watched.itemId());
        }
        for (ExplainRequestDecoder.ItemsDecoder item : asked.items()) {
            words.append(" i").append(item.itemId());
        }
        heard.add(words.toString());
        assertTrue(asked.deadlineUs() > 0);
        byte[] frame = answer(peer.correlationId());
        peer.raw(frame, frame.length);
    }

    /** Two items; of the second some codes are of a later version. */
    private static byte[] answer(long correlationId) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        ExplainResponseEncoder explain =
                new ExplainResponseEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        explain.correlationId(correlationId).serviceNs(5).fingerprint(6).momentMs(1_234);
        explain.retrieved(4).candidates(3).ranked(2).answered(1).reason(ReasonCode.COLD_START);
        explain.degraded().clear().shallowRanking(true);
        explain.headsCount(1).next().name("click");
        ExplainResponseEncoder.FieldsEncoder fields = explain.fieldsCount(2);
        fields.next().scope(FieldScopeCode.USER).name("age");
        fields.next().scope(FieldScopeCode.IMPRESSION).name("clicks_now");
        ExplainResponseEncoder.ItemsEncoder items = explain.itemsCount(2);
        items.next().itemId(900).similarity(0.5f).similarityPlace(1).retrievedPlace(2);
        items.retrievalScore(0.25f).lightValue(0.125f).value(0.75f).score(0.625f).rankedPlace(3);
        items.place(4).state(ItemStateCode.REPLACED).retriever(RetrieverCode.UPSERTED);
        items.fate(FateCode.ANSWERED).slot(SlotCode.DIVERSITY).filters().clear().seen(true);
        put(items, 0.75f);
        put(items, 0.1f, -0.2f);
        items.next().itemId(-1).similarity(Float.NaN).similarityPlace(0).retrievedPlace(0);
        items.retrievalScore(Float.NaN).lightValue(Float.NaN).value(Float.NaN).score(Float.NaN);
        items.rankedPlace(0).place(0).state(ItemStateCode.UNKNOWN).retriever(RetrieverCode.NONE);
        items.fate(FateCode.UNKNOWN).slot(SlotCode.NONE).filters().clear().excluded(true);
        int block = explain.limit() - ExplainResponseEncoder.ItemsEncoder.sbeBlockLength();
        buffer.putByte(block + ExplainResponseEncoder.ItemsEncoder.fateEncodingOffset(), (byte) 77);
        put(items);
        put(items);
        byte[] frame =
                new byte
                        [FrameLayout.finish(
                                buffer, 0, explain.encodedLength(), FrameLayout.EXPLAIN_VERSION)];
        buffer.getBytes(0, frame);
        return frame;
    }

    /** Data of an item, of which both are written alike. */
    private static void put(ExplainResponseEncoder.ItemsEncoder items, float... numbers) {
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[VectorBytes.of(numbers.length)]);
        VectorBytes.put(numbers, bytes, 0);
        items.putProbabilities(bytes, 0, bytes.capacity());
    }

    private static void assertTold(Explanation told) {
        assertTrue(told.isOk());
        assertEquals("", told.message());
        assertEquals(5, told.serviceNs());
        assertEquals(6, told.fingerprint());
        assertEquals(1_234, told.momentMs());
        assertEquals(4, told.retrieved());
        assertEquals(3, told.candidates());
        assertEquals(2, told.ranked());
        assertEquals(1, told.answered());
        assertEquals(4, told.degraded());
        assertEquals(ReasonCode.COLD_START, told.reason());
        assertEquals(List.of("click"), told.heads());
        assertEquals(
                List.of(
                        new Explanation.Field(FieldScopeCode.USER, "age"),
                        new Explanation.Field(FieldScopeCode.IMPRESSION, "clicks_now")),
                told.fields());
        Explanation.Item first = told.items().get(0);
        assertEquals(900, first.itemId());
        assertEquals(ItemStateCode.REPLACED, first.state());
        assertEquals(FateCode.ANSWERED, first.fate());
        assertTrue(first.isSeen());
        assertFalse(first.isExcluded());
        assertEquals(0.5f, first.similarity());
        assertEquals(1, first.similarityPlace());
        assertEquals(RetrieverCode.UPSERTED, first.retriever());
        assertEquals(2, first.retrievedPlace());
        assertEquals(0.25f, first.retrievalScore());
        assertEquals(0.125f, first.lightValue());
        assertEquals(0.75f, first.value());
        assertEquals(0.625f, first.score());
        assertEquals(3, first.rankedPlace());
        assertEquals(4, first.place());
        assertEquals(SlotCode.DIVERSITY, first.slot());
        assertArrayEquals(new float[] {0.75f}, first.probabilities());
        assertArrayEquals(new float[] {0.1f, -0.2f}, first.contributions());
        Explanation.Item second = told.items().get(1);
        assertEquals(-1, second.itemId());
        assertEquals(FateCode.NULL_VAL, second.fate());
        assertTrue(second.isExcluded());
        assertTrue(Float.isNaN(second.value()));
        assertEquals(0, second.probabilities().length + second.contributions().length);
    }

    @Test
    void shouldTellWhyItIsRefused() {
        FakeServer.Behaviour refusing =
                (peer, number) ->
                        peer.answer(
                                Status.BAD_REQUEST, ReasonCode.NONE, new long[0], 0, "no such k");
        try (FakeServer server = new FakeServer(refusing);
                MillraceClient client = Clients.of(server).build()) {
            Explanation refused = client.explain(ExplainQuery.of(7, 1L));
            assertEquals(Status.BAD_REQUEST, refused.status());
            assertEquals("no such k", refused.message());
            assertEquals(List.of(), refused.items());
        }
    }

    /** What asks for nothing but items is not answered with an explanation. */
    @Test
    void shouldFailWhenAnotherRequestIsAnsweredWithAnExplanation() {
        FakeServer.Behaviour confused =
                (peer, number) -> {
                    byte[] frame = answer(peer.correlationId());
                    peer.raw(frame, frame.length);
                };
        try (FakeServer server = new FakeServer(confused);
                MillraceClient client = Clients.of(server).build()) {
            Clients.assertFails(ErrorCode.UNAVAILABLE, "template=21", () -> client.recommend(1, 5));
        }
    }

    @Test
    void shouldRefuseMoreItemsThanCanBeExplained() {
        Clients.assertFails(
                ErrorCode.USAGE,
                "items=17, limit=0 to 16",
                () ->
                        new ExplainQuery(
                                RecommendQuery.of(1, 5), Collections.nCopies(17, 1L), false));
    }
}
