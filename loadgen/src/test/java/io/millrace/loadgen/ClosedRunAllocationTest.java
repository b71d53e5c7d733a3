package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.RankColumns;
import io.millrace.core.metrics.AllocationMeter;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ResultResponseEncoder;
import io.millrace.core.wire.codec.StatusCode;
import io.millrace.loadgen.change.ChangeMix;
import io.millrace.loadgen.plan.ClosedRequests;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.report.LoadTally;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** A closed loop on a connection that leads nowhere, whose answers the test makes. */
final class ClosedRunAllocationTest {
    private static final int ROUNDS = 20_000;
    private static final List<RankColumns.Column> COLUMNS =
            List.of(
                    new RankColumns.Column("price", FormCode.NUMBERS, 1),
                    new RankColumns.Column("site", FormCode.TEXTS, 1));

    @Test
    void shouldAllocateNothingWhenAnAnswerSendsTheNextRequest() {
        LoadPlan plan =
                LoadPlan.to("localhost", 1, new long[] {1, 2, 3})
                        .connections(1)
                        .closedLoop(3)
                        .warmupMs(0)
                        .durationMs(3_600_000)
                        .timeoutMs(1)
                        .similar(0.1, LongStream.range(0, 30).toArray())
                        .rank(0.2, 20)
                        .search(0.1, new float[2][64])
                        .changes(
                                new ChangeMix(
                                        0.1, 0.1, 0.1, 0.1, 7, false, COLUMNS, new float[0][]))
                        .build();
        LoadConnection connection = new LoadConnection(0);
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        try (LoadTally tally = new LoadTally(plan)) {
            ClosedRun run =
                    new ClosedRun(
                            plan,
                            new ClosedRequests(plan),
                            tally,
                            channel.eventLoop(),
                            List.of(connection));
            run.start();
            channel.runPendingTasks();
            awaitTheFirst(channel);
            UnsafeBuffer answer = emptyAnswer();
            ByteBuf output = connection.output();
            // The first of the three places goes round and round.
            long id = 0;
            long least = Long.MAX_VALUE;
            long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (least > 0 && System.nanoTime() - endNs < 0) {
                long before = AllocationMeter.currentThreadAllocatedBytes();
                for (int i = 0; i < ROUNDS; i++) {
                    answer.putLong(FrameLayout.CORRELATION_ID_OFFSET, id, ByteOrder.LITTLE_ENDIAN);
                    run.frame(connection, answer, 0, System.nanoTime());
                    id = output.getLongLE(FrameLayout.CORRELATION_ID_OFFSET);
                    output.clear();
                }
                least = Math.min(least, AllocationMeter.currentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes per " + ROUNDS + " requests");
            assertTrue(id >= 3L * ROUNDS, "every answer sent one: " + id);
            assertEquals(8, run.types().size(), "all kinds of requests were sent");
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static void awaitTheFirst(EmbeddedChannel channel) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (channel.outboundMessages().isEmpty() && System.nanoTime() - endNs < 0) {
            channel.runScheduledPendingTasks();
        }
        assertEquals(1, channel.outboundMessages().size(), "all three at once");
        assertTrue(channel.releaseOutbound());
    }

    private static UnsafeBuffer emptyAnswer() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[1 << 10]);
        ResultResponseEncoder result =
                new ResultResponseEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        result.correlationId(0).serviceNs(1).fingerprint(1).retrieved(1).ranked(1);
        result.degraded().clear();
        result.status(StatusCode.OK).reason(ReasonCode.NONE);
        result.itemsCount(0);
        result.message("");
        FrameLayout.finish(buffer, 0, result.encodedLength());
        return buffer;
    }
}
