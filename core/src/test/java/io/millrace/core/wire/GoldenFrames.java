package io.millrace.core.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.wire.codec.AuthRequestEncoder;
import io.millrace.core.wire.codec.ColumnsRequestEncoder;
import io.millrace.core.wire.codec.ColumnsResponseEncoder;
import io.millrace.core.wire.codec.DeleteRequestEncoder;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ExplainRequestEncoder;
import io.millrace.core.wire.codec.ExplainResponseEncoder;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.FeedbackRequestEncoder;
import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.InfoRequestEncoder;
import io.millrace.core.wire.codec.InfoResponseEncoder;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.PingEncoder;
import io.millrace.core.wire.codec.PongEncoder;
import io.millrace.core.wire.codec.RankRequestEncoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RecommendRequestEncoder;
import io.millrace.core.wire.codec.ResultResponseEncoder;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.ScopeColumnsRequestEncoder;
import io.millrace.core.wire.codec.SearchRequestEncoder;
import io.millrace.core.wire.codec.SimilarRequestEncoder;
import io.millrace.core.wire.codec.SlotCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.core.wire.codec.StatsRequestEncoder;
import io.millrace.core.wire.codec.StatsResponseEncoder;
import io.millrace.core.wire.codec.UpdateRequestEncoder;
import io.millrace.core.wire.codec.UpsertRequestEncoder;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * One frame of each message, as it is written now and as the files of the version that brought it
 * have it. The files never change once released; a new version adds its own.
 */
enum GoldenFrames {
    PING {
        @Override
        int write(MutableDirectBuffer buffer) {
            PingEncoder ping = new PingEncoder();
            ping.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            ping.correlationId(0x0102030405060708L);
            return ping.encodedLength();
        }
    },
    PONG {
        @Override
        int write(MutableDirectBuffer buffer) {
            PongEncoder pong = new PongEncoder();
            pong.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            pong.correlationId(0x0102030405060708L);
            return pong.encodedLength();
        }
    },
    INFO_REQUEST {
        @Override
        int write(MutableDirectBuffer buffer) {
            InfoRequestEncoder info = new InfoRequestEncoder();
            info.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            info.correlationId(7).maxSamples(100);
            return info.encodedLength();
        }
    },
    INFO_RESPONSE {
        @Override
        int write(MutableDirectBuffer buffer) {
            InfoResponseEncoder info = new InfoResponseEncoder();
            info.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            info.correlationId(7)
                    .fingerprint(0xFEDCBA9876543210L)
                    .items(1_000_000)
                    .users(50_000)
                    .dimension(64)
                    .maxK(100)
                    .protocolVersion(1);
            info.sampleUsersCount(2).next().id(11).next().id(12);
            info.sampleItemsCount(1).next().id(-5);
            info.contextFieldsCount(2).next().codes(3).name("tab").next().codes(0).name("hour");
            info.version("0.1.0");
            return info.encodedLength();
        }
    },
    RECOMMEND_REQUEST {
        @Override
        int write(MutableDirectBuffer buffer) {
            RecommendRequestEncoder recommend = new RecommendRequestEncoder();
            recommend.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            recommend
                    .correlationId(42)
                    .userId(12_345)
                    .timestampMs(1_700_000_000_000L)
                    .deadlineUs(20_000)
                    .k(10);
            recommend.flags().clear().keepSeen(true);
            recommend.contextCount(1).next().field(2).code(-1);
            recommend.excludeCount(2).next().itemId(900).next().itemId(901);
            return recommend.encodedLength();
        }
    },
    SIMILAR_REQUEST {
        @Override
        int write(MutableDirectBuffer buffer) {
            SimilarRequestEncoder similar = new SimilarRequestEncoder();
            similar.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            similar.correlationId(43).itemId(900).deadlineUs(0).k(5);
            similar.flags().clear().applyRules(true);
            similar.excludeCount(1).next().itemId(901);
            return similar.encodedLength();
        }
    },
    SEARCH_REQUEST {
        @Override
        int write(MutableDirectBuffer buffer) {
            SearchRequestEncoder search = new SearchRequestEncoder();
            search.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            search.correlationId(44).userId(-1).deadlineUs(5_000).k(3);
            search.flags().clear().rank(true);
            UnsafeBuffer vector = new UnsafeBuffer(new byte[VectorBytes.of(3)]);
            VectorBytes.put(new float[] {1.0f, -0.5f, 0.25f}, vector, 0);
            search.putVector(vector, 0, vector.capacity());
            return search.encodedLength();
        }
    },
    RESULT_RESPONSE {
        @Override
        int write(MutableDirectBuffer buffer) {
            ResultResponseEncoder result = new ResultResponseEncoder();
            result.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            result.correlationId(42)
                    .serviceNs(1_234_567)
                    .fingerprint(0xFEDCBA9876543210L)
                    .retrieved(500)
                    .ranked(500)
                    .status(Status.OK.wire())
                    .reason(ReasonCode.COLD_START);
            result.degraded().clear().shallowRanking(true);
            ResultResponseEncoder.ItemsEncoder items = result.itemsCount(2);
            items.next().itemId(777).score(0.75f).source(SourceCode.RANKED);
            items.next().itemId(778).score(0.5f).source(SourceCode.POPULAR);
            result.putMessage(new byte[0], 0, 0);
            return result.encodedLength();
        }
    },
    RESULT_RESPONSE_ERROR {
        @Override
        int write(MutableDirectBuffer buffer) {
            ResultResponseEncoder result = new ResultResponseEncoder();
            result.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            result.correlationId(FrameLayout.NO_CORRELATION_ID)
                    .serviceNs(0)
                    .fingerprint(0)
                    .retrieved(0)
                    .ranked(0)
                    .status(Status.TOO_LARGE.wire())
                    .reason(ReasonCode.NONE);
            result.degraded().clear();
            result.itemsCount(0);
            byte[] message = "frame too large".getBytes(US_ASCII);
            result.putMessage(message, 0, message.length);
            return result.encodedLength();
        }
    },
    FEEDBACK_REQUEST(2) {
        @Override
        int write(MutableDirectBuffer buffer) {
            FeedbackRequestEncoder feedback = new FeedbackRequestEncoder();
            feedback.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            feedback.correlationId(45).userId(12_345).timestampMs(1_700_000_000_000L).deadlineUs(0);
            FeedbackRequestEncoder.EventsEncoder events = feedback.eventsCount(2);
            events.next().itemId(900).watchedShare(Float.NaN).kind(EventCode.CLICK);
            events.next().itemId(900).watchedShare(0.75f).kind(EventCode.LONG_WATCH);
            return feedback.encodedLength();
        }
    },
    RECOMMEND_REQUEST_HISTORY(2) {
        @Override
        int write(MutableDirectBuffer buffer) {
            RecommendRequestEncoder recommend = new RecommendRequestEncoder();
            recommend.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            recommend.correlationId(46).userId(12_345).timestampMs(0).deadlineUs(0).k(10);
            recommend.flags().clear().replaceHistory(true);
            recommend.contextCount(0);
            recommend.excludeCount(0);
            recommend.historyCount(2).next().itemId(900).next().itemId(901);
            return recommend.encodedLength();
        }
    },
    /** Two ads for nobody known, of a number that differs and a category that does not. */
    RANK_REQUEST(3) {
        @Override
        int write(MutableDirectBuffer buffer) {
            RankRequestEncoder rank = new RankRequestEncoder();
            rank.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            rank.correlationId(47).userId(-1).timestampMs(0).deadlineUs(10_000).k(0);
            rank.flags().clear();
            rank.contextCount(1).next().field(0).code(3);
            rank.candidatesCount(2).next().itemId(31).next().itemId(32);
            RankRequestEncoder.ColumnsEncoder columns = rank.columnsCount(2);
            byte[] numbers = ColumnBytes.of(new double[] {5, Double.NaN});
            columns.next().form(FormCode.NUMBERS).name("I1");
            columns.putValues(numbers, 0, numbers.length);
            byte[] texts = ColumnBytes.of(List.of("68fd1e64"));
            columns.next().form(FormCode.TEXTS).name("C1");
            columns.putValues(texts, 0, texts.length);
            return rank.encodedLength();
        }
    },
    COLUMNS_REQUEST(3) {
        @Override
        int write(MutableDirectBuffer buffer) {
            ColumnsRequestEncoder columns = new ColumnsRequestEncoder();
            columns.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            columns.correlationId(48);
            return columns.encodedLength();
        }
    },
    COLUMNS_RESPONSE(3) {
        @Override
        int write(MutableDirectBuffer buffer) {
            ColumnsResponseEncoder response = new ColumnsResponseEncoder();
            response.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            response.correlationId(48)
                    .fingerprint(0xFEDCBA9876543210L)
                    .maxCandidates(500)
                    .maxColumnBytes(262_144);
            ColumnsResponseEncoder.ColumnsEncoder columns = response.columnsCount(2);
            columns.next().form(FormCode.NUMBERS).maxValues(1).name("I1");
            columns.next().form(FormCode.TEXTS).maxValues(3).name("tags");
            return response.encodedLength();
        }
    },
    SCOPE_COLUMNS_REQUEST(4) {
        @Override
        int write(MutableDirectBuffer buffer) {
            ScopeColumnsRequestEncoder columns = new ScopeColumnsRequestEncoder();
            columns.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            columns.correlationId(49).scope(ScopeCode.USER);
            return columns.encodedLength();
        }
    },
    /** An item with a vector. */
    UPSERT_REQUEST(4) {
        @Override
        int write(MutableDirectBuffer buffer) {
            UpsertRequestEncoder upsert = new UpsertRequestEncoder();
            upsert.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            upsert.correlationId(50).itemId(900).deadlineUs(0);
            byte[] texts = ColumnBytes.of(List.of("sports"));
            upsert.columnsCount(1)
                    .next()
                    .form(FormCode.TEXTS)
                    .name("tags")
                    .putValues(texts, 0, texts.length);
            byte[] vector = new byte[VectorBytes.of(3)];
            VectorBytes.put(new float[] {1.0f, -0.5f, 0.25f}, new UnsafeBuffer(vector), 0);
            upsert.putVector(vector, 0, vector.length);
            return upsert.encodedLength();
        }
    },
    DELETE_REQUEST(4) {
        @Override
        int write(MutableDirectBuffer buffer) {
            DeleteRequestEncoder delete = new DeleteRequestEncoder();
            delete.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            delete.correlationId(51).itemId(900).deadlineUs(5_000);
            return delete.encodedLength();
        }
    },
    /** A number of a user that is known now, and a category that is not any more. */
    UPDATE_REQUEST(4) {
        @Override
        int write(MutableDirectBuffer buffer) {
            UpdateRequestEncoder update = new UpdateRequestEncoder();
            update.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            update.correlationId(52).id(12_345).deadlineUs(0).scope(ScopeCode.USER);
            UpdateRequestEncoder.ColumnsEncoder columns = update.columnsCount(2);
            byte[] numbers = ColumnBytes.of(new double[] {31});
            columns.next().form(FormCode.NUMBERS).name("age");
            columns.putValues(numbers, 0, numbers.length);
            byte[] texts = ColumnBytes.of(List.of(""));
            columns.next().form(FormCode.TEXTS).name("city");
            columns.putValues(texts, 0, texts.length);
            return update.encodedLength();
        }
    },
    /** Who asks on this connection. */
    AUTH_REQUEST(5) {
        @Override
        int write(MutableDirectBuffer buffer) {
            AuthRequestEncoder auth = new AuthRequestEncoder();
            auth.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            auth.correlationId(53).token("not-a-token");
            return auth.encodedLength();
        }
    },
    /** Two items, one of them excluded, of a user with another history. */
    EXPLAIN_REQUEST(6) {
        @Override
        int write(MutableDirectBuffer buffer) {
            ExplainRequestEncoder explain = new ExplainRequestEncoder();
            explain.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            explain.correlationId(54)
                    .userId(12_345)
                    .timestampMs(1_700_000_000_000L)
                    .deadlineUs(20_000)
                    .k(10);
            explain.flags().clear().replaceHistory(true).countNearer(true);
            explain.contextCount(1).next().field(2).code(-1);
            explain.excludeCount(1).next().itemId(901);
            explain.historyCount(1).next().itemId(902);
            explain.itemsCount(2).next().itemId(900).next().itemId(901);
            return explain.encodedLength();
        }
    },
    /** An answered item, and one that a request excludes. */
    EXPLAIN_RESPONSE(6) {
        @Override
        int write(MutableDirectBuffer buffer) {
            ExplainResponseEncoder explain = new ExplainResponseEncoder();
            explain.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            explain.correlationId(54)
                    .serviceNs(1_234_567)
                    .fingerprint(0xFEDCBA9876543210L)
                    .momentMs(1_700_000_000_000L)
                    .retrieved(501)
                    .candidates(498)
                    .ranked(100)
                    .answered(10)
                    .reason(ReasonCode.NONE);
            explain.degraded().clear().shallowRanking(true);
            ExplainResponseEncoder.HeadsEncoder heads = explain.headsCount(2);
            heads.next().name("click");
            heads.next().name("like");
            ExplainResponseEncoder.FieldsEncoder fields = explain.fieldsCount(2);
            fields.next().scope(FieldScopeCode.USER).name("age");
            fields.next().scope(FieldScopeCode.ITEM).name("creator");
            ExplainResponseEncoder.ItemsEncoder items = explain.itemsCount(2);
            items.next()
                    .itemId(900)
                    .similarity(0.5f)
                    .similarityPlace(3)
                    .retrievedPlace(3)
                    .retrievalScore(0.5f)
                    .lightValue(0.25f)
                    .value(0.75f)
                    .score(0.625f)
                    .rankedPlace(2)
                    .place(1)
                    .state(ItemStateCode.BUNDLED)
                    .retriever(RetrieverCode.INDEX)
                    .fate(FateCode.ANSWERED)
                    .slot(SlotCode.DIVERSITY);
            items.filters().clear();
            putFloats(items, 0.75f, 0.125f);
            items.next()
                    .itemId(901)
                    .similarity(Float.NaN)
                    .similarityPlace(0)
                    .retrievedPlace(0)
                    .retrievalScore(Float.NaN)
                    .lightValue(Float.NaN)
                    .value(Float.NaN)
                    .score(Float.NaN)
                    .rankedPlace(0)
                    .place(0)
                    .state(ItemStateCode.ADDED)
                    .retriever(RetrieverCode.NONE)
                    .fate(FateCode.EXCLUDED)
                    .slot(SlotCode.NONE);
            items.filters().clear().seen(true).excluded(true);
            putFloats(items);
            return explain.encodedLength();
        }

        // The same numbers for both.
        private void putFloats(ExplainResponseEncoder.ItemsEncoder items, float... numbers) {
            UnsafeBuffer bytes = new UnsafeBuffer(new byte[VectorBytes.of(numbers.length)]);
            VectorBytes.put(numbers, bytes, 0);
            items.putProbabilities(bytes, 0, bytes.capacity());
            items.putContributions(bytes, 0, bytes.capacity());
        }
    },
    /** Shoes below a price, in an arm of an experiment, and how long it took. */
    RECOMMEND_REQUEST_WISHES(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            RecommendRequestEncoder recommend = new RecommendRequestEncoder();
            recommend.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            recommend.correlationId(55).userId(12_345).timestampMs(0).deadlineUs(20_000).k(10);
            recommend.flags().clear().trace(true);
            recommend.contextCount(0);
            recommend.excludeCount(1).next().itemId(900);
            recommend.historyCount(0);
            recommend.filter("category = 'shoes' and price < 50").experimentKey("wide-net/b");
            return recommend.encodedLength();
        }
    },
    SIMILAR_REQUEST_WISHES(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            SimilarRequestEncoder similar = new SimilarRequestEncoder();
            similar.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            similar.correlationId(56).itemId(900).deadlineUs(0).k(5);
            similar.flags().clear().trace(true);
            similar.excludeCount(0);
            similar.filter("stock >= 1").experimentKey("");
            return similar.encodedLength();
        }
    },
    SEARCH_REQUEST_WISHES(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            SearchRequestEncoder search = new SearchRequestEncoder();
            search.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            search.correlationId(57).userId(-1).deadlineUs(0).k(3);
            search.flags().clear().trace(true);
            UnsafeBuffer vector = new UnsafeBuffer(new byte[VectorBytes.of(1)]);
            VectorBytes.put(new float[] {1.0f}, vector, 0);
            search.putVector(vector, 0, vector.capacity());
            search.filter("").experimentKey("wide-net/a");
            return search.encodedLength();
        }
    },
    FEEDBACK_REQUEST_KEY(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            FeedbackRequestEncoder feedback = new FeedbackRequestEncoder();
            feedback.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            feedback.correlationId(58).userId(12_345).timestampMs(0).deadlineUs(0);
            feedback.eventsCount(1)
                    .next()
                    .itemId(900)
                    .watchedShare(Float.NaN)
                    .kind(EventCode.CLICK);
            feedback.experimentKey("wide-net/b");
            return feedback.encodedLength();
        }
    },
    RANK_REQUEST_KEY(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            RankRequestEncoder rank = new RankRequestEncoder();
            rank.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            rank.correlationId(59).userId(12_345).timestampMs(0).deadlineUs(0).k(1);
            rank.flags().clear().trace(true);
            rank.contextCount(0);
            rank.candidatesCount(1).next().itemId(900);
            rank.columnsCount(0);
            rank.experimentKey("wide-net/b");
            return rank.encodedLength();
        }
    },
    EXPLAIN_REQUEST_FILTER(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            ExplainRequestEncoder explain = new ExplainRequestEncoder();
            explain.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            explain.correlationId(60).userId(12_345).timestampMs(0).deadlineUs(0).k(10);
            explain.flags().clear();
            explain.contextCount(0);
            explain.excludeCount(0);
            explain.historyCount(0);
            explain.itemsCount(1).next().itemId(900);
            explain.filter("stock >= 1").experimentKey("");
            return explain.encodedLength();
        }
    },
    /** One item, and stages of which two were passed. */
    RESULT_RESPONSE_TRACE(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            ResultResponseEncoder result = new ResultResponseEncoder();
            result.wrapAndApplyHeader(
                    buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            result.correlationId(56)
                    .serviceNs(1_234_567)
                    .fingerprint(0xFEDCBA9876543210L)
                    .retrieved(5)
                    .ranked(0)
                    .status(Status.OK.wire())
                    .reason(ReasonCode.FEWER_THAN_K);
            result.degraded().clear();
            result.itemsCount(1).next().itemId(777).score(0.75f).source(SourceCode.RETRIEVED);
            result.putMessage(new byte[0], 0, 0);
            UnsafeBuffer stages = new UnsafeBuffer(new byte[WireLimits.STAGES * Long.BYTES]);
            stages.setMemory(0, stages.capacity(), (byte) -1);
            stages.putLong(0, 1_500, ByteOrder.LITTLE_ENDIAN);
            stages.putLong(4 * Long.BYTES, 1_000_000, ByteOrder.LITTLE_ENDIAN);
            result.putStageNs(stages, 0, stages.capacity());
            return result.encodedLength();
        }
    },
    STATS_REQUEST(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            StatsRequestEncoder stats = new StatsRequestEncoder();
            stats.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            stats.correlationId(61);
            return stats.encodedLength();
        }
    },
    STATS_RESPONSE(7) {
        @Override
        int write(MutableDirectBuffer buffer) {
            StatsResponseEncoder stats = new StatsResponseEncoder();
            stats.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
            stats.correlationId(61).fingerprint(0xFEDCBA9876543210L).uptimeNs(60_000_000_000L);
            StatsResponseEncoder.SamplesEncoder samples = stats.samplesCount(2);
            samples.next().value(12).name("requests_total{kind=\"recommend\",status=\"ok\"}");
            samples.next().value(0.0025).name("service_seconds{quantile=\"0.99\"}");
            return stats.encodedLength();
        }
    };

    private final int version;

    GoldenFrames() {
        this(1);
    }

    GoldenFrames(int version) {
        this.version = version;
    }

    /** Writes header and body behind the length; returns the length of the body. */
    abstract int write(MutableDirectBuffer buffer);

    /** The frame as written now. */
    byte[] encode() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[1024]);
        byte[] frame = new byte[FrameLayout.finish(buffer, 0, write(buffer), version)];
        buffer.getBytes(0, frame);
        return frame;
    }

    /** The frame as the version that brought it wrote it. */
    byte[] golden() throws IOException {
        String file = "v" + version + "/" + fileName();
        try (InputStream in =
                Objects.requireNonNull(GoldenFrames.class.getResourceAsStream(file), file)) {
            String digits =
                    new String(in.readAllBytes(), US_ASCII)
                            .lines()
                            .map(line -> line.replaceAll("#.*|\\s", ""))
                            .collect(Collectors.joining());
            return HexFormat.of().parseHex(digits);
        }
    }

    String fileName() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ".hex";
    }
}
