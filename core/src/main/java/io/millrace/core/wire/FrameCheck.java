package io.millrace.core.wire;

import io.millrace.core.HotPath;
import io.millrace.core.wire.codec.AuthRequestDecoder;
import io.millrace.core.wire.codec.ColumnsRequestDecoder;
import io.millrace.core.wire.codec.ColumnsResponseDecoder;
import io.millrace.core.wire.codec.DeleteRequestDecoder;
import io.millrace.core.wire.codec.ExplainRequestDecoder;
import io.millrace.core.wire.codec.ExplainResponseDecoder;
import io.millrace.core.wire.codec.FeedbackRequestDecoder;
import io.millrace.core.wire.codec.InfoRequestDecoder;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.PingDecoder;
import io.millrace.core.wire.codec.PongDecoder;
import io.millrace.core.wire.codec.RankRequestDecoder;
import io.millrace.core.wire.codec.RecommendRequestDecoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.ScopeColumnsRequestDecoder;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.core.wire.codec.SimilarRequestDecoder;
import io.millrace.core.wire.codec.StatsRequestDecoder;
import io.millrace.core.wire.codec.StatsResponseDecoder;
import io.millrace.core.wire.codec.UpdateRequestDecoder;
import io.millrace.core.wire.codec.UpsertRequestDecoder;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import java.nio.ByteOrder;

/**
 * Tells whether the insides of a frame fit its length, before a codec reads them: the generated
 * decoders trust what they read, and many frames share one buffer.
 *
 * <p>Threading: any thread. Allocation: none.
 */
public final class FrameCheck {
    private static final int GROUP_HEADER_BYTES = 4;
    private static final int DATA_HEADER_BYTES = 4;

    /** By template id; null where there is no such message. */
    private static final @Nullable Shape[] SHAPES = shapes();

    private FrameCheck() {}

    /**
     * Checks one frame that has arrived as a whole.
     *
     * @param buffer holds all bytes that the frame's length counts
     * @param frame offset of the frame
     * @return {@link FrameVerdict#SOUND} if every read of the message's decoder stays inside
     */
    @HotPath
    public static FrameVerdict check(DirectBuffer buffer, int frame) {
        long length = FrameLayout.length(buffer, frame);
        if (length < FrameLayout.MIN_LENGTH) {
            return FrameVerdict.TOO_SHORT;
        }
        if (FrameLayout.schemaId(buffer, frame) != FrameLayout.SCHEMA_ID) {
            return FrameVerdict.FOREIGN_SCHEMA;
        }
        int version = FrameLayout.version(buffer, frame);
        if (version < FrameLayout.OLDEST_VERSION || version > FrameLayout.VERSION) {
            return FrameVerdict.UNKNOWN_VERSION;
        }
        int template = FrameLayout.templateId(buffer, frame);
        Shape shape = template < SHAPES.length ? SHAPES[template] : null;
        if (shape == null || version < shape.since) {
            return FrameVerdict.UNKNOWN_MESSAGE;
        }
        int blockLength = FrameLayout.blockLength(buffer, frame);
        if (blockLength < shape.blockLength) {
            return FrameVerdict.SHORT_BLOCK;
        }
        long end = frame + FrameLayout.LENGTH_BYTES + length;
        long start = frame + FrameLayout.BODY_OFFSET + (long) blockLength;
        return content(shape, version, buffer, start, end);
    }

    private static FrameVerdict content(
            Shape shape, int version, DirectBuffer buffer, long start, long end) {
        long at = start;
        for (Group group : shape.groups) {
            if (version < group.since) {
                continue;
            }
            if (at + GROUP_HEADER_BYTES > end) {
                return FrameVerdict.TRUNCATED;
            }
            int blockLength = unsignedShort(buffer, (int) at);
            int count = unsignedShort(buffer, (int) at + 2);
            if (count > 0 && blockLength < group.blockLength) {
                return FrameVerdict.SHORT_BLOCK;
            }
            at += GROUP_HEADER_BYTES;
            if (group.data == 0) {
                at += (long) blockLength * count;
            } else {
                for (int i = 0; i < count && at <= end; i++) {
                    at = afterData(buffer, at + blockLength, end, group.data);
                }
            }
        }
        at = afterData(buffer, at, end, shape.dataOf(version));
        if (at > end) {
            return FrameVerdict.TRUNCATED;
        }
        return at < end ? FrameVerdict.TRAILING_BYTES : FrameVerdict.SOUND;
    }

    /** Where some data end; past the end of the frame if they do not fit. */
    private static long afterData(DirectBuffer buffer, long start, long end, int fields) {
        long at = start;
        for (int i = 0; i < fields; i++) {
            if (at + DATA_HEADER_BYTES > end) {
                return end + 1;
            }
            at +=
                    DATA_HEADER_BYTES
                            + Integer.toUnsignedLong(
                                    buffer.getInt((int) at, ByteOrder.LITTLE_ENDIAN));
        }
        return at;
    }

    private static int unsignedShort(DirectBuffer buffer, int offset) {
        return Short.toUnsignedInt(buffer.getShort(offset, ByteOrder.LITTLE_ENDIAN));
    }

    private static @Nullable Shape[] shapes() {
        @Nullable Shape[] shapes = new Shape[StatsResponseDecoder.TEMPLATE_ID + 1];
        shapes[PingDecoder.TEMPLATE_ID] = new Shape(1, PingDecoder.BLOCK_LENGTH, 0);
        shapes[PongDecoder.TEMPLATE_ID] = new Shape(1, PongDecoder.BLOCK_LENGTH, 0);
        shapes[InfoRequestDecoder.TEMPLATE_ID] = new Shape(1, InfoRequestDecoder.BLOCK_LENGTH, 0);
        shapes[InfoResponseDecoder.TEMPLATE_ID] =
                new Shape(
                        1,
                        InfoResponseDecoder.BLOCK_LENGTH,
                        1,
                        new Group(1, InfoResponseDecoder.SampleUsersDecoder.sbeBlockLength(), 0),
                        new Group(1, InfoResponseDecoder.SampleItemsDecoder.sbeBlockLength(), 0),
                        new Group(1, InfoResponseDecoder.ContextFieldsDecoder.sbeBlockLength(), 1));
        shapes[ColumnsRequestDecoder.TEMPLATE_ID] =
                new Shape(FrameLayout.RANK_VERSION, ColumnsRequestDecoder.BLOCK_LENGTH, 0);
        shapes[ColumnsResponseDecoder.TEMPLATE_ID] =
                new Shape(
                        FrameLayout.RANK_VERSION,
                        ColumnsResponseDecoder.BLOCK_LENGTH,
                        0,
                        new Group(
                                FrameLayout.RANK_VERSION,
                                ColumnsResponseDecoder.ColumnsDecoder.sbeBlockLength(),
                                1));
        shapes[RecommendRequestDecoder.TEMPLATE_ID] =
                new Shape(
                                1,
                                RecommendRequestDecoder.BLOCK_LENGTH,
                                0,
                                new Group(
                                        1,
                                        RecommendRequestDecoder.ContextDecoder.sbeBlockLength(),
                                        0),
                                new Group(
                                        1,
                                        RecommendRequestDecoder.ExcludeDecoder.sbeBlockLength(),
                                        0),
                                new Group(
                                        FrameLayout.FEEDBACK_VERSION,
                                        RecommendRequestDecoder.HistoryDecoder.sbeBlockLength(),
                                        0))
                        .wishing(2);
        shapes[SimilarRequestDecoder.TEMPLATE_ID] =
                new Shape(
                                1,
                                SimilarRequestDecoder.BLOCK_LENGTH,
                                0,
                                new Group(
                                        1,
                                        SimilarRequestDecoder.ExcludeDecoder.sbeBlockLength(),
                                        0))
                        .wishing(2);
        shapes[SearchRequestDecoder.TEMPLATE_ID] =
                new Shape(1, SearchRequestDecoder.BLOCK_LENGTH, 1).wishing(2);
        shapes[FeedbackRequestDecoder.TEMPLATE_ID] =
                new Shape(
                                FrameLayout.FEEDBACK_VERSION,
                                FeedbackRequestDecoder.BLOCK_LENGTH,
                                0,
                                new Group(
                                        FrameLayout.FEEDBACK_VERSION,
                                        FeedbackRequestDecoder.EventsDecoder.sbeBlockLength(),
                                        0))
                        .wishing(1);
        shapes[RankRequestDecoder.TEMPLATE_ID] = rankRequest();
        addChanges(shapes);
        addExplanations(shapes);
        shapes[AuthRequestDecoder.TEMPLATE_ID] =
                new Shape(FrameLayout.AUTH_VERSION, AuthRequestDecoder.BLOCK_LENGTH, 1);
        shapes[ResultResponseDecoder.TEMPLATE_ID] =
                new Shape(
                                1,
                                ResultResponseDecoder.BLOCK_LENGTH,
                                1,
                                new Group(
                                        1, ResultResponseDecoder.ItemsDecoder.sbeBlockLength(), 0))
                        .wishing(1);
        addStatistics(shapes);
        return shapes;
    }

    private static Shape rankRequest() {
        int version = FrameLayout.RANK_VERSION;
        return new Shape(
                        version,
                        RankRequestDecoder.BLOCK_LENGTH,
                        0,
                        new Group(version, RankRequestDecoder.ContextDecoder.sbeBlockLength(), 0),
                        new Group(
                                version, RankRequestDecoder.CandidatesDecoder.sbeBlockLength(), 0),
                        new Group(version, RankRequestDecoder.ColumnsDecoder.sbeBlockLength(), 2))
                .wishing(1);
    }

    private static void addChanges(@Nullable Shape[] shapes) {
        int version = FrameLayout.CHANGE_VERSION;
        shapes[ScopeColumnsRequestDecoder.TEMPLATE_ID] =
                new Shape(version, ScopeColumnsRequestDecoder.BLOCK_LENGTH, 0);
        shapes[UpsertRequestDecoder.TEMPLATE_ID] =
                new Shape(
                        version,
                        UpsertRequestDecoder.BLOCK_LENGTH,
                        1,
                        new Group(
                                version, UpsertRequestDecoder.ColumnsDecoder.sbeBlockLength(), 2));
        shapes[DeleteRequestDecoder.TEMPLATE_ID] =
                new Shape(version, DeleteRequestDecoder.BLOCK_LENGTH, 0);
        shapes[UpdateRequestDecoder.TEMPLATE_ID] =
                new Shape(
                        version,
                        UpdateRequestDecoder.BLOCK_LENGTH,
                        0,
                        new Group(
                                version, UpdateRequestDecoder.ColumnsDecoder.sbeBlockLength(), 2));
    }

    private static void addExplanations(@Nullable Shape[] shapes) {
        int version = FrameLayout.EXPLAIN_VERSION;
        shapes[ExplainRequestDecoder.TEMPLATE_ID] =
                new Shape(
                                version,
                                ExplainRequestDecoder.BLOCK_LENGTH,
                                0,
                                new Group(
                                        version,
                                        ExplainRequestDecoder.ContextDecoder.sbeBlockLength(),
                                        0),
                                new Group(
                                        version,
                                        ExplainRequestDecoder.ExcludeDecoder.sbeBlockLength(),
                                        0),
                                new Group(
                                        version,
                                        ExplainRequestDecoder.HistoryDecoder.sbeBlockLength(),
                                        0),
                                new Group(
                                        version,
                                        ExplainRequestDecoder.ItemsDecoder.sbeBlockLength(),
                                        0))
                        .wishing(2);
        shapes[ExplainResponseDecoder.TEMPLATE_ID] =
                new Shape(
                        version,
                        ExplainResponseDecoder.BLOCK_LENGTH,
                        0,
                        new Group(version, ExplainResponseDecoder.HeadsDecoder.sbeBlockLength(), 1),
                        new Group(
                                version, ExplainResponseDecoder.FieldsDecoder.sbeBlockLength(), 1),
                        new Group(
                                version, ExplainResponseDecoder.ItemsDecoder.sbeBlockLength(), 2));
    }

    private static void addStatistics(@Nullable Shape[] shapes) {
        int version = FrameLayout.WISH_VERSION;
        shapes[StatsRequestDecoder.TEMPLATE_ID] =
                new Shape(version, StatsRequestDecoder.BLOCK_LENGTH, 0);
        shapes[StatsResponseDecoder.TEMPLATE_ID] =
                new Shape(
                        version,
                        StatsResponseDecoder.BLOCK_LENGTH,
                        0,
                        new Group(
                                version, StatsResponseDecoder.SamplesDecoder.sbeBlockLength(), 1));
    }

    /** A message: the version that brought it, and the block, groups and data it has. */
    private static final class Shape {
        final int since;

        /** As the first version has it; later ones only append. */
        final int blockLength;

        /** How many data follow the groups, as the first version has it. */
        final int data;

        final Group[] groups;

        /** How many more data there are since {@link FrameLayout#WISH_VERSION}. */
        private int wishes;

        Shape(int since, int blockLength, int data, Group... groups) {
            this.since = since;
            this.blockLength = blockLength;
            this.data = data;
            this.groups = groups;
        }

        Shape wishing(int data) {
            wishes = data;
            return this;
        }

        int dataOf(int version) {
            return version < FrameLayout.WISH_VERSION ? data : data + wishes;
        }
    }

    /**
     * A group of a message.
     *
     * @param since version that brought it
     * @param blockLength bytes of the fixed part of an entry
     * @param data how many data follow that part
     */
    private record Group(int since, int blockLength, int data) {}
}
