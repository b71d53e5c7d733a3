package io.millrace.core.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.codec.AuthRequestDecoder;
import io.millrace.core.wire.codec.ColumnsRequestDecoder;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.DeleteRequestDecoder;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ExplainRequestDecoder;
import io.millrace.core.wire.codec.ExplainResponseDecoder;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.FeedbackRequestDecoder;
import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.InfoRequestDecoder;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.PingDecoder;
import io.millrace.core.wire.codec.PongDecoder;
import io.millrace.core.wire.codec.RankRequestDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RecommendRequestDecoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.ScopeColumnsRequestDecoder;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.core.wire.codec.SimilarRequestDecoder;
import io.millrace.core.wire.codec.SlotCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.core.wire.codec.StatsRequestDecoder;
import io.millrace.core.wire.codec.StatsResponseDecoder;
import io.millrace.core.wire.codec.UpdateRequestDecoder;
import io.millrace.core.wire.codec.UpsertRequestDecoder;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HexFormat;

class GoldenFramesTest {
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    @ParameterizedTest
    @EnumSource
    void shouldWriteBytesThatWereKeptWhenEncoding(GoldenFrames frame) throws IOException {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        assertEquals(hex.formatHex(frame.golden()), hex.formatHex(frame.encode()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindSoundWhenFrameIsGolden(GoldenFrames frame) throws IOException {
        assertEquals(FrameVerdict.SOUND, FrameCheck.check(load(frame), 0));
    }

    @Test
    void shouldReadPingWhenGolden() throws IOException {
        UnsafeBuffer buffer = load(GoldenFrames.PING);
        assertEquals(16, FrameLayout.length(buffer, 0));
        assertEquals(8, FrameLayout.blockLength(buffer, 0));
        assertEquals(1, FrameLayout.templateId(buffer, 0));
        assertEquals(7311, FrameLayout.schemaId(buffer, 0));
        assertEquals(1, FrameLayout.version(buffer, 0));
        assertEquals(0x0102030405060708L, FrameLayout.correlationId(buffer, 0));
        PingDecoder ping = new PingDecoder();
        ping.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, header);
        assertEquals(0x0102030405060708L, ping.correlationId());
    }

    @Test
    void shouldReadPongWhenGolden() throws IOException {
        PongDecoder pong = new PongDecoder();
        pong.wrapAndApplyHeader(load(GoldenFrames.PONG), FrameLayout.HEADER_OFFSET, header);
        assertEquals(0x0102030405060708L, pong.correlationId());
    }

    @Test
    void shouldReadInfoRequestWhenGolden() throws IOException {
        InfoRequestDecoder info = new InfoRequestDecoder();
        info.wrapAndApplyHeader(load(GoldenFrames.INFO_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(7, info.correlationId());
        assertEquals(100, info.maxSamples());
    }

    @Test
    void shouldReadInfoResponseWhenGolden() throws IOException {
        InfoResponseDecoder info = new InfoResponseDecoder();
        info.wrapAndApplyHeader(
                load(GoldenFrames.INFO_RESPONSE), FrameLayout.HEADER_OFFSET, header);
        assertEquals(7, info.correlationId());
        assertEquals(0xFEDCBA9876543210L, info.fingerprint());
        assertEquals(1_000_000, info.items());
        assertEquals(50_000, info.users());
        assertEquals(64, info.dimension());
        assertEquals(100, info.maxK());
        assertEquals(1, info.protocolVersion());
        InfoResponseDecoder.SampleUsersDecoder users = info.sampleUsers();
        assertEquals(2, users.count());
        assertEquals(11, users.next().id());
        assertEquals(12, users.next().id());
        assertEquals(-5, info.sampleItems().next().id());
        InfoResponseDecoder.ContextFieldsDecoder fields = info.contextFields();
        assertEquals(2, fields.count());
        assertEquals(3, fields.next().codes());
        assertEquals("tab", fields.name());
        assertEquals(0, fields.next().codes());
        assertEquals("hour", fields.name());
        assertEquals("0.1.0", info.version());
    }

    @Test
    void shouldReadRecommendRequestWhenGolden() throws IOException {
        RecommendRequestDecoder recommend = new RecommendRequestDecoder();
        recommend.wrapAndApplyHeader(
                load(GoldenFrames.RECOMMEND_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(42, recommend.correlationId());
        assertEquals(12_345, recommend.userId());
        assertEquals(1_700_000_000_000L, recommend.timestampMs());
        assertEquals(20_000, recommend.deadlineUs());
        assertEquals(10, recommend.k());
        assertTrue(recommend.flags().keepSeen());
        assertFalse(recommend.flags().skipRules());
        RecommendRequestDecoder.ContextDecoder context = recommend.context();
        assertEquals(1, context.count());
        assertEquals(2, context.next().field());
        assertEquals(-1, context.code());
        RecommendRequestDecoder.ExcludeDecoder exclude = recommend.exclude();
        assertEquals(2, exclude.count());
        assertEquals(900, exclude.next().itemId());
        assertEquals(901, exclude.next().itemId());
        // What version 2 appended is empty in a frame of version 1.
        assertEquals(0, recommend.history().count());
        assertFalse(recommend.flags().replaceHistory());
    }

    @Test
    void shouldReadHistoryWhenGolden() throws IOException {
        RecommendRequestDecoder recommend = new RecommendRequestDecoder();
        recommend.wrapAndApplyHeader(
                load(GoldenFrames.RECOMMEND_REQUEST_HISTORY), FrameLayout.HEADER_OFFSET, header);
        assertEquals(46, recommend.correlationId());
        assertEquals(10, recommend.k());
        assertTrue(recommend.flags().replaceHistory());
        assertEquals(0, recommend.context().count());
        assertEquals(0, recommend.exclude().count());
        RecommendRequestDecoder.HistoryDecoder history = recommend.history();
        assertEquals(2, history.count());
        assertEquals(900, history.next().itemId());
        assertEquals(901, history.next().itemId());
    }

    @Test
    void shouldReadFeedbackWhenGolden() throws IOException {
        FeedbackRequestDecoder feedback = new FeedbackRequestDecoder();
        feedback.wrapAndApplyHeader(
                load(GoldenFrames.FEEDBACK_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(45, feedback.correlationId());
        assertEquals(12_345, feedback.userId());
        assertEquals(1_700_000_000_000L, feedback.timestampMs());
        assertEquals(0, feedback.deadlineUs());
        FeedbackRequestDecoder.EventsDecoder events = feedback.events();
        assertEquals(2, events.count());
        assertEquals(900, events.next().itemId());
        assertEquals(EventCode.CLICK, events.kind());
        assertTrue(Float.isNaN(events.watchedShare()));
        assertEquals(900, events.next().itemId());
        assertEquals(EventCode.LONG_WATCH, events.kind());
        assertEquals(0.75f, events.watchedShare());
    }

    @Test
    void shouldReadSimilarRequestWhenGolden() throws IOException {
        SimilarRequestDecoder similar = new SimilarRequestDecoder();
        similar.wrapAndApplyHeader(
                load(GoldenFrames.SIMILAR_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(43, similar.correlationId());
        assertEquals(900, similar.itemId());
        assertEquals(0, similar.deadlineUs());
        assertEquals(5, similar.k());
        assertTrue(similar.flags().applyRules());
        assertEquals(901, similar.exclude().next().itemId());
    }

    @Test
    void shouldReadSearchRequestWhenGolden() throws IOException {
        SearchRequestDecoder search = new SearchRequestDecoder();
        search.wrapAndApplyHeader(
                load(GoldenFrames.SEARCH_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(44, search.correlationId());
        assertEquals(-1, search.userId());
        assertEquals(5_000, search.deadlineUs());
        assertEquals(3, search.k());
        assertTrue(search.flags().rank());
        assertEquals(VectorBytes.of(3), search.vectorLength());
        UnsafeBuffer bytes = new UnsafeBuffer();
        search.wrapVector(bytes);
        float[] vector = new float[3];
        assertTrue(VectorBytes.get(bytes, 0, vector));
        assertArrayEquals(new float[] {1.0f, -0.5f, 0.25f}, vector);
    }

    @Test
    void shouldReadResultResponseWhenGolden() throws IOException {
        ResultResponseDecoder result = new ResultResponseDecoder();
        result.wrapAndApplyHeader(
                load(GoldenFrames.RESULT_RESPONSE), FrameLayout.HEADER_OFFSET, header);
        assertEquals(42, result.correlationId());
        assertEquals(1_234_567, result.serviceNs());
        assertEquals(0xFEDCBA9876543210L, result.fingerprint());
        assertEquals(500, result.retrieved());
        assertEquals(500, result.ranked());
        assertTrue(result.degraded().shallowRanking());
        assertFalse(result.degraded().noRanking());
        assertEquals(Status.OK, Status.of(result.statusRaw()));
        assertEquals(ReasonCode.COLD_START, result.reason());
        ResultResponseDecoder.ItemsDecoder items = result.items();
        assertEquals(2, items.count());
        assertEquals(777, items.next().itemId());
        assertEquals(0.75f, items.score());
        assertEquals(SourceCode.RANKED, items.source());
        assertEquals(778, items.next().itemId());
        assertEquals(0.5f, items.score());
        assertEquals(SourceCode.POPULAR, items.source());
        assertEquals("", result.message());
    }

    @Test
    void shouldReadErrorWhenGolden() throws IOException {
        ResultResponseDecoder result = new ResultResponseDecoder();
        result.wrapAndApplyHeader(
                load(GoldenFrames.RESULT_RESPONSE_ERROR), FrameLayout.HEADER_OFFSET, header);
        assertEquals(FrameLayout.NO_CORRELATION_ID, result.correlationId());
        assertEquals(Status.TOO_LARGE, Status.of(result.statusRaw()));
        assertEquals(0, result.items().count());
        assertEquals("frame too large", result.message());
    }

    @Test
    void shouldReadRankRequestWhenGolden() throws IOException {
        RankRequestDecoder rank = new RankRequestDecoder();
        rank.wrapAndApplyHeader(load(GoldenFrames.RANK_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(47, rank.correlationId());
        assertEquals(-1, rank.userId());
        assertEquals(0, rank.timestampMs());
        assertEquals(10_000, rank.deadlineUs());
        assertEquals(0, rank.k());
        assertFalse(rank.flags().applyRules());
        RankRequestDecoder.ContextDecoder context = rank.context();
        assertEquals(1, context.count());
        assertEquals(0, context.next().field());
        assertEquals(3, context.code());
        RankRequestDecoder.CandidatesDecoder candidates = rank.candidates();
        assertEquals(2, candidates.count());
        assertEquals(31, candidates.next().itemId());
        assertEquals(32, candidates.next().itemId());
        RankRequestDecoder.ColumnsDecoder columns = rank.columns();
        assertEquals(2, columns.count());
        UnsafeBuffer values = new UnsafeBuffer();
        assertEquals(FormCode.NUMBERS, columns.next().form());
        assertEquals("I1", columns.name());
        columns.wrapValues(values);
        assertEquals(ColumnBytes.ofNumbers(2), values.capacity());
        assertEquals(5, ColumnBytes.number(values, 0, 0));
        assertTrue(Double.isNaN(ColumnBytes.number(values, 0, 1)));
        assertEquals(FormCode.TEXTS, columns.next().form());
        assertEquals("C1", columns.name());
        columns.wrapValues(values);
        assertEquals(8, ColumnBytes.textLength(values, 0));
        assertEquals(
                "68fd1e64", values.getStringWithoutLengthAscii(ColumnBytes.TEXT_HEADER_BYTES, 8));
    }

    @Test
    void shouldReadColumnsWhenGolden() throws IOException {
        ColumnsRequestDecoder request = new ColumnsRequestDecoder();
        request.wrapAndApplyHeader(
                load(GoldenFrames.COLUMNS_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(48, request.correlationId());
        ColumnsResponseDecoder response = new ColumnsResponseDecoder();
        response.wrapAndApplyHeader(
                load(GoldenFrames.COLUMNS_RESPONSE), FrameLayout.HEADER_OFFSET, header);
        assertEquals(48, response.correlationId());
        assertEquals(0xFEDCBA9876543210L, response.fingerprint());
        assertEquals(500, response.maxCandidates());
        assertEquals(262_144, response.maxColumnBytes());
        ColumnsResponseDecoder.ColumnsDecoder columns = response.columns();
        assertEquals(2, columns.count());
        assertEquals(FormCode.NUMBERS, columns.next().form());
        assertEquals(1, columns.maxValues());
        assertEquals("I1", columns.name());
        assertEquals(FormCode.TEXTS, columns.next().form());
        assertEquals(3, columns.maxValues());
        assertEquals("tags", columns.name());
    }

    @Test
    void shouldReadScopeColumnsRequestWhenGolden() throws IOException {
        ScopeColumnsRequestDecoder request = new ScopeColumnsRequestDecoder();
        request.wrapAndApplyHeader(
                load(GoldenFrames.SCOPE_COLUMNS_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(49, request.correlationId());
        assertEquals(ScopeCode.USER, request.scope());
    }

    @Test
    void shouldReadUpsertRequestWhenGolden() throws IOException {
        UpsertRequestDecoder upsert = new UpsertRequestDecoder();
        upsert.wrapAndApplyHeader(
                load(GoldenFrames.UPSERT_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(50, upsert.correlationId());
        assertEquals(900, upsert.itemId());
        assertEquals(0, upsert.deadlineUs());
        UpsertRequestDecoder.ColumnsDecoder columns = upsert.columns();
        assertEquals(1, columns.count());
        assertEquals(FormCode.TEXTS, columns.next().form());
        assertEquals("tags", columns.name());
        UnsafeBuffer values = new UnsafeBuffer();
        columns.wrapValues(values);
        assertEquals(6, ColumnBytes.textLength(values, 0));
        assertEquals(
                "sports", values.getStringWithoutLengthAscii(ColumnBytes.TEXT_HEADER_BYTES, 6));
        UnsafeBuffer bytes = new UnsafeBuffer();
        upsert.wrapVector(bytes);
        float[] vector = new float[3];
        assertTrue(VectorBytes.get(bytes, 0, vector));
        assertArrayEquals(new float[] {1.0f, -0.5f, 0.25f}, vector);
    }

    @Test
    void shouldReadDeleteRequestWhenGolden() throws IOException {
        DeleteRequestDecoder delete = new DeleteRequestDecoder();
        delete.wrapAndApplyHeader(
                load(GoldenFrames.DELETE_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(51, delete.correlationId());
        assertEquals(900, delete.itemId());
        assertEquals(5_000, delete.deadlineUs());
    }

    @Test
    void shouldReadUpdateRequestWhenGolden() throws IOException {
        UpdateRequestDecoder update = new UpdateRequestDecoder();
        update.wrapAndApplyHeader(
                load(GoldenFrames.UPDATE_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(52, update.correlationId());
        assertEquals(12_345, update.id());
        assertEquals(0, update.deadlineUs());
        assertEquals(ScopeCode.USER, update.scope());
        UpdateRequestDecoder.ColumnsDecoder columns = update.columns();
        assertEquals(2, columns.count());
        UnsafeBuffer values = new UnsafeBuffer();
        assertEquals(FormCode.NUMBERS, columns.next().form());
        assertEquals("age", columns.name());
        columns.wrapValues(values);
        assertEquals(ColumnBytes.ofNumbers(1), values.capacity());
        assertEquals(31, ColumnBytes.number(values, 0, 0));
        assertEquals(FormCode.TEXTS, columns.next().form());
        assertEquals("city", columns.name());
        columns.wrapValues(values);
        assertEquals(ColumnBytes.TEXT_HEADER_BYTES, values.capacity());
        assertEquals(0, ColumnBytes.textLength(values, 0));
    }

    @Test
    void shouldReadAuthRequestWhenGolden() throws IOException {
        AuthRequestDecoder auth = new AuthRequestDecoder();
        auth.wrapAndApplyHeader(load(GoldenFrames.AUTH_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(53, auth.correlationId());
        assertEquals("not-a-token", auth.token());
    }

    @Test
    void shouldReadExplainRequestWhenGolden() throws IOException {
        ExplainRequestDecoder explain = new ExplainRequestDecoder();
        explain.wrapAndApplyHeader(
                load(GoldenFrames.EXPLAIN_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(54, explain.correlationId());
        assertEquals(12_345, explain.userId());
        assertEquals(1_700_000_000_000L, explain.timestampMs());
        assertEquals(20_000, explain.deadlineUs());
        assertEquals(10, explain.k());
        assertFalse(explain.flags().keepSeen());
        assertFalse(explain.flags().skipRules());
        assertTrue(explain.flags().replaceHistory());
        assertTrue(explain.flags().countNearer());
        ExplainRequestDecoder.ContextDecoder context = explain.context();
        assertEquals(1, context.count());
        assertEquals(2, context.next().field());
        assertEquals(-1, context.code());
        ExplainRequestDecoder.ExcludeDecoder exclude = explain.exclude();
        assertEquals(1, exclude.count());
        assertEquals(901, exclude.next().itemId());
        ExplainRequestDecoder.HistoryDecoder history = explain.history();
        assertEquals(1, history.count());
        assertEquals(902, history.next().itemId());
        ExplainRequestDecoder.ItemsDecoder items = explain.items();
        assertEquals(2, items.count());
        assertEquals(900, items.next().itemId());
        assertEquals(901, items.next().itemId());
    }

    @Test
    void shouldReadExplainResponseWhenGolden() throws IOException {
        ExplainResponseDecoder explain = new ExplainResponseDecoder();
        explain.wrapAndApplyHeader(
                load(GoldenFrames.EXPLAIN_RESPONSE), FrameLayout.HEADER_OFFSET, header);
        assertEquals(54, explain.correlationId());
        assertEquals(1_234_567, explain.serviceNs());
        assertEquals(0xFEDCBA9876543210L, explain.fingerprint());
        assertEquals(1_700_000_000_000L, explain.momentMs());
        assertEquals(501, explain.retrieved());
        assertEquals(498, explain.candidates());
        assertEquals(100, explain.ranked());
        assertEquals(10, explain.answered());
        assertTrue(explain.degraded().shallowRanking());
        assertEquals(ReasonCode.NONE, explain.reason());
        ExplainResponseDecoder.HeadsDecoder heads = explain.heads();
        assertEquals(2, heads.count());
        assertEquals("click", heads.next().name());
        assertEquals("like", heads.next().name());
        ExplainResponseDecoder.FieldsDecoder fields = explain.fields();
        assertEquals(2, fields.count());
        assertEquals(FieldScopeCode.USER, fields.next().scope());
        assertEquals("age", fields.name());
        assertEquals(FieldScopeCode.ITEM, fields.next().scope());
        assertEquals("creator", fields.name());
        ExplainResponseDecoder.ItemsDecoder items = explain.items();
        assertEquals(2, items.count());
        assertEquals(900, items.next().itemId());
        assertEquals(0.5f, items.similarity());
        assertEquals(3, items.similarityPlace());
        assertEquals(3, items.retrievedPlace());
        assertEquals(0.5f, items.retrievalScore());
        assertEquals(0.25f, items.lightValue());
        assertEquals(0.75f, items.value());
        assertEquals(0.625f, items.score());
        assertEquals(2, items.rankedPlace());
        assertEquals(1, items.place());
        assertEquals(ItemStateCode.BUNDLED, items.state());
        assertFalse(items.filters().seen() || items.filters().excluded());
        assertEquals(RetrieverCode.INDEX, items.retriever());
        assertEquals(FateCode.ANSWERED, items.fate());
        assertEquals(SlotCode.DIVERSITY, items.slot());
        UnsafeBuffer bytes = new UnsafeBuffer();
        float[] numbers = new float[2];
        items.wrapProbabilities(bytes);
        assertTrue(VectorBytes.get(bytes, 0, numbers));
        assertArrayEquals(new float[] {0.75f, 0.125f}, numbers);
        items.wrapContributions(bytes);
        assertEquals(VectorBytes.of(2), bytes.capacity());
        assertEquals(901, items.next().itemId());
        assertTrue(Float.isNaN(items.value()));
        assertTrue(items.filters().seen() && items.filters().excluded());
        assertEquals(FateCode.EXCLUDED, items.fate());
        items.wrapProbabilities(bytes);
        assertEquals(0, bytes.capacity());
    }

    @Test
    void shouldReadWishesWhenGolden() throws IOException {
        RecommendRequestDecoder recommend = new RecommendRequestDecoder();
        recommend.wrapAndApplyHeader(
                load(GoldenFrames.RECOMMEND_REQUEST_WISHES), FrameLayout.HEADER_OFFSET, header);
        assertEquals(55, recommend.correlationId());
        assertTrue(recommend.flags().trace());
        assertEquals(0, recommend.context().count());
        assertEquals(900, recommend.exclude().next().itemId());
        assertEquals(0, recommend.history().count());
        assertEquals("category = 'shoes' and price < 50", recommend.filter());
        assertEquals("wide-net/b", recommend.experimentKey());
        SimilarRequestDecoder similar = new SimilarRequestDecoder();
        similar.wrapAndApplyHeader(
                load(GoldenFrames.SIMILAR_REQUEST_WISHES), FrameLayout.HEADER_OFFSET, header);
        assertTrue(similar.flags().trace());
        assertFalse(similar.flags().applyRules());
        assertEquals(0, similar.exclude().count());
        assertEquals("stock >= 1", similar.filter());
        assertEquals("", similar.experimentKey());
        SearchRequestDecoder search = new SearchRequestDecoder();
        search.wrapAndApplyHeader(
                load(GoldenFrames.SEARCH_REQUEST_WISHES), FrameLayout.HEADER_OFFSET, header);
        assertTrue(search.flags().trace());
        assertFalse(search.flags().rank());
        assertEquals(VectorBytes.of(1), search.vectorLength());
        assertEquals(VectorBytes.of(1), search.skipVector());
        assertEquals("", search.filter());
        assertEquals("wide-net/a", search.experimentKey());
    }

    @Test
    void shouldReadExperimentKeysWhenGolden() throws IOException {
        FeedbackRequestDecoder feedback = new FeedbackRequestDecoder();
        feedback.wrapAndApplyHeader(
                load(GoldenFrames.FEEDBACK_REQUEST_KEY), FrameLayout.HEADER_OFFSET, header);
        assertEquals(EventCode.CLICK, feedback.events().next().kind());
        assertEquals("wide-net/b", feedback.experimentKey());
        RankRequestDecoder rank = new RankRequestDecoder();
        rank.wrapAndApplyHeader(
                load(GoldenFrames.RANK_REQUEST_KEY), FrameLayout.HEADER_OFFSET, header);
        assertTrue(rank.flags().trace());
        assertEquals(0, rank.context().count());
        assertEquals(900, rank.candidates().next().itemId());
        assertEquals(0, rank.columns().count());
        assertEquals("wide-net/b", rank.experimentKey());
    }

    @Test
    void shouldReadFilterOfExplainRequestWhenGolden() throws IOException {
        ExplainRequestDecoder explain = new ExplainRequestDecoder();
        explain.wrapAndApplyHeader(
                load(GoldenFrames.EXPLAIN_REQUEST_FILTER), FrameLayout.HEADER_OFFSET, header);
        assertEquals(0, explain.context().count());
        assertEquals(0, explain.exclude().count());
        assertEquals(0, explain.history().count());
        assertEquals(900, explain.items().next().itemId());
        assertEquals("stock >= 1", explain.filter());
        assertEquals("", explain.experimentKey());
    }

    @Test
    void shouldReadStageTimesWhenGolden() throws IOException {
        ResultResponseDecoder result = new ResultResponseDecoder();
        result.wrapAndApplyHeader(
                load(GoldenFrames.RESULT_RESPONSE_TRACE), FrameLayout.HEADER_OFFSET, header);
        assertEquals(777, result.items().next().itemId());
        assertEquals("", result.message());
        UnsafeBuffer stages = new UnsafeBuffer();
        result.wrapStageNs(stages);
        assertEquals(WireLimits.STAGES * Long.BYTES, stages.capacity());
        assertEquals(1_500, stages.getLong(0, ByteOrder.LITTLE_ENDIAN));
        assertEquals(-1, stages.getLong(8, ByteOrder.LITTLE_ENDIAN));
        assertEquals(1_000_000, stages.getLong(32, ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void shouldReadStatisticsWhenGolden() throws IOException {
        StatsRequestDecoder request = new StatsRequestDecoder();
        request.wrapAndApplyHeader(
                load(GoldenFrames.STATS_REQUEST), FrameLayout.HEADER_OFFSET, header);
        assertEquals(61, request.correlationId());
        StatsResponseDecoder stats = new StatsResponseDecoder();
        stats.wrapAndApplyHeader(
                load(GoldenFrames.STATS_RESPONSE), FrameLayout.HEADER_OFFSET, header);
        assertEquals(61, stats.correlationId());
        assertEquals(0xFEDCBA9876543210L, stats.fingerprint());
        assertEquals(60_000_000_000L, stats.uptimeNs());
        StatsResponseDecoder.SamplesDecoder samples = stats.samples();
        assertEquals(2, samples.count());
        assertEquals(12, samples.next().value());
        assertEquals("requests_total{kind=\"recommend\",status=\"ok\"}", samples.name());
        assertEquals(0.0025, samples.next().value());
        assertEquals("service_seconds{quantile=\"0.99\"}", samples.name());
    }

    private static UnsafeBuffer load(GoldenFrames frame) throws IOException {
        return new UnsafeBuffer(frame.golden());
    }
}
