package io.millrace.loadgen.frame;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.RankRequestDecoder;
import io.millrace.core.wire.codec.RankRequestEncoder;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.RequestMix;
import io.netty.buffer.ByteBuf;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;

/**
 * A rank request for items that follow each other in a list, encoded once; correlation id, user and
 * items are written anew for each request.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class ItemRankFrame implements RankFrame {
    private static final int USER_ID_OFFSET =
            FrameLayout.BODY_OFFSET + RankRequestEncoder.userIdEncodingOffset();
    private static final int GROUPS = 3;

    private final long[] itemIds;
    private final int candidates;
    private final byte[] frame;
    private final UnsafeBuffer view;
    private final int firstCandidate;

    ItemRankFrame(LoadPlan plan) {
        RequestMix mix = plan.mix();
        itemIds = mix.itemIds();
        candidates = mix.rankShare() > 0 ? mix.rankCandidates() : 0;
        int groupHeader = RankRequestDecoder.CandidatesDecoder.sbeHeaderSize();
        frame =
                new byte
                        [FrameLayout.BODY_OFFSET
                                + RankRequestEncoder.BLOCK_LENGTH
                                + GROUPS * groupHeader
                                + candidates * Long.BYTES];
        view = new UnsafeBuffer(frame);
        RankRequestEncoder encoder =
                new RankRequestEncoder()
                        .wrapAndApplyHeader(
                                view, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        encoder.correlationId(0)
                .userId(0)
                .timestampMs(plan.timestampMs())
                .deadlineUs(plan.deadlineUs())
                .k(plan.k())
                .flags()
                .clear();
        encoder.contextCount(0);
        RankRequestEncoder.CandidatesEncoder items = encoder.candidatesCount(candidates);
        firstCandidate = encoder.limit();
        for (int i = 0; i < candidates; i++) {
            items.next().itemId(0);
        }
        encoder.columnsCount(0);
        FrameLayout.finish(view, 0, encoder.encodedLength(), FrameLayout.RANK_VERSION);
    }

    /** The items from one of them on, around the end of the list. */
    @Override
    @HotPath
    public void append(ByteBuf target, long correlationId, long userId, int number) {
        view.putLong(FrameLayout.CORRELATION_ID_OFFSET, correlationId, ByteOrder.LITTLE_ENDIAN);
        view.putLong(USER_ID_OFFSET, userId, ByteOrder.LITTLE_ENDIAN);
        int item = number % itemIds.length;
        for (int i = 0; i < candidates; i++) {
            view.putLong(firstCandidate + i * Long.BYTES, itemIds[item], ByteOrder.LITTLE_ENDIAN);
            item = item + 1 == itemIds.length ? 0 : item + 1;
        }
        target.writeBytes(frame);
    }

    @Override
    @HotPath
    public boolean isCandidate(long itemId, int number) {
        int item = number % itemIds.length;
        for (int i = 0; i < candidates; i++) {
            if (itemIds[item] == itemId) {
                return true;
            }
            item = item + 1 == itemIds.length ? 0 : item + 1;
        }
        return false;
    }
}
