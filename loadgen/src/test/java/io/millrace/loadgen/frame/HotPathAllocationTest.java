package io.millrace.loadgen.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.millrace.loadgen.change.ChangeMix;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadSchedule;
import io.millrace.loadgen.plan.RequestFilters;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.report.LoadTally;
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
        LoadPlan plan =
                LoadPlan.to("localhost", 1, new long[] {1})
                        .similar(0.1, LongStream.range(0, 30).toArray())
                        .rank(0.4, 20, bringsRows ? COLUMNS : null)
                        .search(0.1, new float[2][64])
                        .filters(new RequestFilters(List.of("a = 1", "b = 2"), 0.5))
                        .changes(
                                new ChangeMix(
                                        0.1,
                                        0.1,
                                        0.05,
                                        0.05,
                                        7,
                                        true,
                                        COLUMNS.columns(),
                                        new float[0][]))
                        .build();
        LoadSchedule schedule = new LoadSchedule(plan);
        for (RequestType type : RequestType.values()) {
            assertTrue(schedule.measured(type) > 100, type + " is planned");
        }
        Work work = new Work(plan, schedule);
        long least = Long.MAX_VALUE;
        // On a busy machine the compiler takes its time.
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (least > 0 && System.nanoTime() - endNs < 0) {
            long before = AllocationMeter.currentThreadAllocatedBytes();
            assertEquals(2L * ROUNDS, work.round());
            least = Math.min(least, AllocationMeter.currentThreadAllocatedBytes() - before);
        }
        work.output.release();
        assertEquals(0, least, "bytes per " + ROUNDS + " requests");
    }

    /** Sends what a schedule says, all kinds of requests, and counts answers that are sound. */
    private static final class Work {
        private final LoadSchedule schedule;
        private final LoadFrames frames;
        private final RankFrame rankFrame;
        private final AnswerCheck check = new AnswerCheck(K);
        private final LoadTally tally;
        private final UnsafeBuffer answer = answer(K);
        private final UnsafeBuffer empty = answer(0);
        private final ByteBuf output = Unpooled.directBuffer(1 << 12);

        Work(LoadPlan plan, LoadSchedule schedule) {
            this.schedule = schedule;
            frames = new LoadFrames(plan, schedule);
            rankFrame = RankFrame.of(plan);
            tally = new LoadTally(plan);
            tally.begin(0);
        }

        long round() {
            long sane = 0;
            for (int i = 0; i < ROUNDS; i++) {
                int request = i % schedule.count();
                RequestType type = schedule.type(request);
                output.clear();
                frames.append(output, request, request);
                tally.sent(type, 100);
                if (FrameCheck.check(answer, 0) == FrameVerdict.SOUND) {
                    check.read(answer, 0);
                    boolean isSane =
                            check.isSensible()
                                    && check.isSensibleSimilar(-5)
                                    && check.isSensibleRank(rankFrame, 0);
                    tally.answered(type, 1_000, 2_000 + i, 1_000, check.degraded(), isSane);
                    sane += isSane ? 1 : 0;
                }
                if (FrameCheck.check(empty, 0) == FrameVerdict.SOUND) {
                    check.read(empty, 0);
                    sane += frames.isSensible(request, check) == type.isChange() ? 1 : 0;
                }
            }
            return sane;
        }
    }

    private static UnsafeBuffer answer(int count) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[1 << 10]);
        ResultResponseEncoder result =
                new ResultResponseEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        result.correlationId(1).serviceNs(1).fingerprint(1).retrieved(1).ranked(1);
        result.degraded().clear();
        result.status(StatusCode.OK).reason(ReasonCode.NONE);
        ResultResponseEncoder.ItemsEncoder items = result.itemsCount(count);
        for (int i = 0; i < count; i++) {
            items.next().itemId(i).score(0.5f).source(SourceCode.RANKED);
        }
        result.message("");
        FrameLayout.finish(buffer, 0, result.encodedLength());
        return buffer;
    }
}
