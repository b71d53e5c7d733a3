package io.millrace.loadgen.change;

import io.millrace.client.message.Answer;
import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankColumns;
import io.millrace.client.message.RequestFrame;
import io.millrace.client.message.RequestFrames;
import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.codec.DeleteRequestEncoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.UpdateRequestEncoder;
import io.millrace.core.wire.codec.UpsertRequestEncoder;
import io.netty.buffer.ByteBuf;

import java.util.ArrayList;
import java.util.List;

/**
 * Frames of all that a load changes. An update brings one feature of an item, by turns each; an
 * upsert brings all of them. Which values they have follows from a number that the load's plan
 * gives each request.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class ChangeFrames {
    private static final int FRAMES = 32;
    private static final long STREAM = 4;

    private final FeedbackFrame feedback;
    private final IdFrames updates;
    private final IdFrames upserts;
    private final IdFrames deletes;

    /**
     * Encodes all frames.
     *
     * @param mix what is changed.
     * @param seed of what is made up.
     * @param deadlineUs time the server is given; 0: any.
     * @param timestampMs of the events, since 1970 UTC; 0: now.
     */
    public ChangeFrames(ChangeMix mix, long seed, int deadlineUs, long timestampMs) {
        SplitRandom random = SplitRandom.forStream(seed, STREAM);
        feedback = new FeedbackFrame(deadlineUs, timestampMs);
        updates =
                new IdFrames(
                        mix.updateShare() > 0 ? updates(mix.columns(), random) : List.of(),
                        deadlineUs,
                        UpdateRequestEncoder.idEncodingOffset());
        upserts =
                new IdFrames(
                        mix.upsertShare() > 0 ? upserts(mix, random) : List.of(),
                        deadlineUs,
                        UpsertRequestEncoder.itemIdEncodingOffset());
        deletes =
                new IdFrames(
                        List.of(RequestFrames.delete(0)),
                        deadlineUs,
                        DeleteRequestEncoder.itemIdEncodingOffset());
    }

    /** As many of each feature as of any other. */
    private static List<RequestFrame<Answer>> updates(
            List<RankColumns.Column> columns, SplitRandom random) {
        int turns = Math.ceilDiv(FRAMES, columns.size());
        List<RequestFrame<Answer>> frames = new ArrayList<>();
        for (int i = 0; i < turns * columns.size(); i++) {
            RankColumn column = MadeUpColumns.of(columns.get(i % columns.size()), 1, random);
            frames.add(RequestFrames.update(ScopeCode.ITEM, 0, List.of(column)));
        }
        return frames;
    }

    private static List<RequestFrame<Answer>> upserts(ChangeMix mix, SplitRandom random) {
        float[][] vectors = mix.vectors();
        List<RequestFrame<Answer>> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            List<RankColumn> columns = new ArrayList<>();
            for (RankColumns.Column column : mix.columns()) {
                columns.add(MadeUpColumns.of(column, 1, random));
            }
            float[] vector = vectors.length == 0 ? new float[0] : vectors[i % vectors.length];
            frames.add(RequestFrames.upsert(0, columns, vector));
        }
        return frames;
    }

    /**
     * Appends a request that tells what a user did.
     *
     * @param target where to.
     * @param correlationId of the request.
     * @param userId who.
     * @param itemId with which item.
     * @param number not negative; says what was done.
     */
    @HotPath
    public void appendFeedback(
            ByteBuf target, long correlationId, long userId, long itemId, int number) {
        feedback.append(target, correlationId, userId, itemId, number);
    }

    /**
     * Appends a request that changes a feature of an item.
     *
     * @param target where to.
     * @param correlationId of the request.
     * @param itemId of the item.
     * @param number not negative; says which feature and value.
     */
    @HotPath
    public void appendUpdate(ByteBuf target, long correlationId, long itemId, int number) {
        updates.append(target, correlationId, itemId, number);
    }

    /**
     * Appends a request that brings an item.
     *
     * @param target where to.
     * @param correlationId of the request.
     * @param itemId of the item.
     * @param number not negative; says which features it has.
     */
    @HotPath
    public void appendUpsert(ByteBuf target, long correlationId, long itemId, int number) {
        upserts.append(target, correlationId, itemId, number);
    }

    /**
     * Appends a request that takes an item out.
     *
     * @param target where to.
     * @param correlationId of the request.
     * @param itemId of the item.
     */
    @HotPath
    public void appendDelete(ByteBuf target, long correlationId, long itemId) {
        deletes.append(target, correlationId, itemId, 0);
    }
}
