package io.millrace.loadgen.frame;

import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankColumns;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RequestFrames;
import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.FrameLayout;
import io.millrace.loadgen.change.MadeUpColumns;
import io.millrace.loadgen.plan.LoadPlan;
import io.netty.buffer.ByteBuf;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Rank requests whose candidates bring made-up features: a few frames that are encoded once and
 * sent by turns, so that not all requests are for the same rows of the model's tables.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class RowRankFrame implements RankFrame {
    private static final int FRAMES = 32;
    private static final long STREAM = 3;

    private final int candidates;
    private final byte[][] frames = new byte[FRAMES][];
    private final UnsafeBuffer view = new UnsafeBuffer(new byte[0]);

    RowRankFrame(LoadPlan plan, RankColumns known) {
        candidates = plan.mix().rankCandidates();
        SplitRandom random = SplitRandom.forStream(plan.seed(), STREAM);
        for (int i = 0; i < FRAMES; i++) {
            List<Long> names = LongStream.range(0, candidates).boxed().toList();
            List<RankColumn> columns = new ArrayList<>();
            for (RankColumns.Column column : known.columns()) {
                columns.add(MadeUpColumns.of(column, candidates, random));
            }
            RankQuery query =
                    new RankQuery(
                            RankQuery.NOBODY,
                            plan.k(),
                            plan.timestampMs(),
                            Map.of(),
                            names,
                            false,
                            columns);
            frames[i] = RequestFrames.rank(query).leaving(0, plan.deadlineUs()).array();
        }
    }

    @Override
    @HotPath
    public void append(ByteBuf target, long correlationId, long userId, int number) {
        byte[] frame = frames[number % FRAMES];
        view.wrap(frame);
        view.putLong(FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        target.writeBytes(frame);
    }

    @Override
    @HotPath
    public boolean isCandidate(long itemId, int number) {
        return itemId >= 0 && itemId < candidates;
    }
}
