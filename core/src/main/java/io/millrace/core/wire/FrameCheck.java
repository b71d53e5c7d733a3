package io.millrace.core.wire;

import io.millrace.core.HotPath;
import io.millrace.core.wire.codec.InfoRequestDecoder;
import io.millrace.core.wire.codec.InfoResponseDecoder;
import io.millrace.core.wire.codec.PingDecoder;
import io.millrace.core.wire.codec.PongDecoder;
import io.millrace.core.wire.codec.RecommendRequestDecoder;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.SearchRequestDecoder;
import io.millrace.core.wire.codec.SimilarRequestDecoder;

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
        if (shape == null) {
            return FrameVerdict.UNKNOWN_MESSAGE;
        }
        int blockLength = FrameLayout.blockLength(buffer, frame);
        if (blockLength < shape.blockLength) {
            return FrameVerdict.SHORT_BLOCK;
        }
        long end = frame + FrameLayout.LENGTH_BYTES + length;
        return content(shape, buffer, frame + FrameLayout.BODY_OFFSET + (long) blockLength, end);
    }

    private static FrameVerdict content(Shape shape, DirectBuffer buffer, long start, long end) {
        long at = start;
        for (int group = 0; group < shape.groupBlockLengths.length; group++) {
            if (at + GROUP_HEADER_BYTES > end) {
                return FrameVerdict.TRUNCATED;
            }
            int blockLength = unsignedShort(buffer, (int) at);
            int count = unsignedShort(buffer, (int) at + 2);
            if (count > 0 && blockLength < shape.groupBlockLengths[group]) {
                return FrameVerdict.SHORT_BLOCK;
            }
            at += GROUP_HEADER_BYTES;
            if (shape.groupData[group] == 0) {
                at += (long) blockLength * count;
            } else {
                for (int i = 0; i < count && at <= end; i++) {
                    at = afterData(buffer, at + blockLength, end, shape.groupData[group]);
                }
            }
        }
        at = afterData(buffer, at, end, shape.data);
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
        @Nullable Shape[] shapes = new Shape[ResultResponseDecoder.TEMPLATE_ID + 1];
        int[] none = {};
        shapes[PingDecoder.TEMPLATE_ID] = new Shape(PingDecoder.BLOCK_LENGTH, none, none, 0);
        shapes[PongDecoder.TEMPLATE_ID] = new Shape(PongDecoder.BLOCK_LENGTH, none, none, 0);
        shapes[InfoRequestDecoder.TEMPLATE_ID] =
                new Shape(InfoRequestDecoder.BLOCK_LENGTH, none, none, 0);
        shapes[InfoResponseDecoder.TEMPLATE_ID] =
                new Shape(
                        InfoResponseDecoder.BLOCK_LENGTH,
                        new int[] {
                            InfoResponseDecoder.SampleUsersDecoder.sbeBlockLength(),
                            InfoResponseDecoder.SampleItemsDecoder.sbeBlockLength(),
                            InfoResponseDecoder.ContextFieldsDecoder.sbeBlockLength()
                        },
                        new int[] {0, 0, 1},
                        1);
        shapes[RecommendRequestDecoder.TEMPLATE_ID] =
                new Shape(
                        RecommendRequestDecoder.BLOCK_LENGTH,
                        new int[] {
                            RecommendRequestDecoder.ContextDecoder.sbeBlockLength(),
                            RecommendRequestDecoder.ExcludeDecoder.sbeBlockLength()
                        },
                        new int[] {0, 0},
                        0);
        shapes[SimilarRequestDecoder.TEMPLATE_ID] =
                new Shape(
                        SimilarRequestDecoder.BLOCK_LENGTH,
                        new int[] {SimilarRequestDecoder.ExcludeDecoder.sbeBlockLength()},
                        new int[] {0},
                        0);
        shapes[SearchRequestDecoder.TEMPLATE_ID] =
                new Shape(SearchRequestDecoder.BLOCK_LENGTH, none, none, 1);
        shapes[ResultResponseDecoder.TEMPLATE_ID] =
                new Shape(
                        ResultResponseDecoder.BLOCK_LENGTH,
                        new int[] {ResultResponseDecoder.ItemsDecoder.sbeBlockLength()},
                        new int[] {0},
                        1);
        return shapes;
    }

    /** The blocks, groups and data of a message of version 1; later versions only append. */
    private static final class Shape {
        final int blockLength;
        final int[] groupBlockLengths;
        final int[] groupData;
        final int data;

        Shape(int blockLength, int[] groupBlockLengths, int[] groupData, int data) {
            this.blockLength = blockLength;
            this.groupBlockLengths = groupBlockLengths;
            this.groupData = groupData;
            this.data = data;
        }
    }
}
