package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.client.message.RankColumns;
import io.millrace.core.metrics.AllocationMeter;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ResultResponseEncoder;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.core.wire.codec.StatusCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

final class HotPathAllocationTest {
    private static final int K = 10;
    private static final int ROUNDS = 20_000;
    private static final RankColumns COLUMNS =
            new RankColumns(
                    1,
                    40,
                    4_000,
                    List.of(
                            new RankColumns.Column("price", FormCode.NUMBERS, 1),
                            new RankColumns.Column("site", FormCode.TEXTS, 1)));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAllocateNothingPerRequestWhenEncodingAndChecking(boolean bringsRows) {
        RequestFrames frames = new RequestFrames(K, 0, 0);
        LoadPlan plan =
                LoadPlan.to("localhost", 1, new long[] {1})
                        .similar(0, LongStream.range(0, 30).toArray())
                        .rank(0.5, 20, bringsRows ? COLUMNS : null)
                        .search(0.1, new float[2][64])
                        .build();
        RankFrame rankFrame = RankFrame.of(plan);
        SearchFrame searchFrame = new SearchFrame(plan);
        AnswerCheck check = new AnswerCheck(K);
        LoadTally tally = new LoadTally(0, null);
        tally.begin(0);
        UnsafeBuffer answer = answer();
        ByteBuf output = Unpooled.directBuffer(1 << 12);
        long least = Long.MAX_VALUE;
        // On a busy machine the compiler takes its time.
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (least > 0 && System.nanoTime() - endNs < 0) {
            long before = AllocationMeter.currentThreadAllocatedBytes();
            assertEquals(
                    ROUNDS, work(frames, rankFrame, searchFrame, check, tally, answer, output));
            least = Math.min(least, AllocationMeter.currentThreadAllocatedBytes() - before);
        }
        output.release();
        assertEquals(0, least, "bytes per " + ROUNDS + " requests");
    }

    private static long work(
            RequestFrames frames,
            RankFrame rankFrame,
            SearchFrame searchFrame,
            AnswerCheck check,
            LoadTally tally,
            UnsafeBuffer answer,
            ByteBuf output) {
        long sane = 0;
        for (int i = 0; i < ROUNDS; i++) {
            output.clear();
            frames.appendRecommend(output, i, 7);
            frames.appendSimilar(output, i, 8);
            rankFrame.append(output, i, 7, i % 30);
            searchFrame.append(output, i, i % 2);
            tally.sent(100);
            if (FrameCheck.check(answer, 0) == FrameVerdict.SOUND) {
                check.read(answer, 0);
                boolean isSane =
                        check.isSensible()
                                && check.isSensibleSimilar(-5)
                                && check.isSensibleRank(rankFrame, 0);
                tally.answered(1_000, 2_000 + i, 1_000, check.isDegraded(), isSane);
                sane += isSane ? 1 : 0;
            }
        }
        return sane;
    }

    private static UnsafeBuffer answer() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[1 << 10]);
        ResultResponseEncoder result =
                new ResultResponseEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        result.correlationId(1).serviceNs(1).fingerprint(1).retrieved(1).ranked(1);
        result.degraded().clear();
        result.status(StatusCode.OK).reason(ReasonCode.NONE);
        ResultResponseEncoder.ItemsEncoder items = result.itemsCount(K);
        for (int i = 0; i < K; i++) {
            items.next().itemId(i).score(0.5f).source(SourceCode.RANKED);
        }
        result.message("");
        FrameLayout.finish(buffer, 0, result.encodedLength());
        return buffer;
    }
}
