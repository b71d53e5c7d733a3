package io.millrace.core.wire;

import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.core.wire.codec.ResultResponseEncoder;

/** How large frames and what they hold may be. */
public final class WireLimits {
    /** The default of the longest frame taken, the length itself not counted. */
    public static final int DEFAULT_MAX_FRAME_BYTES = 1 << 20;

    /** The largest frame limit that can be configured. */
    public static final int MAX_FRAME_BYTES = 64 << 20;

    /** The smallest frame limit that can be configured: every request without lists fits. */
    public static final int MIN_FRAME_BYTES = 256;

    /** The most entries of a group. */
    public static final int MAX_GROUP_COUNT = ResultResponseEncoder.ItemsEncoder.countMaxValue();

    /** The longest error text of an answer; longer ones are cut. */
    public static final int MAX_MESSAGE_BYTES = 512;

    /** The most items of an explain request. */
    public static final int MAX_EXPLAINED = 16;

    /** The longest filter of a request, as UTF-8. */
    public static final int MAX_FILTER_BYTES = 2_048;

    /** The longest experiment key of a request, as UTF-8. */
    public static final int MAX_EXPERIMENT_KEY_BYTES = 64;

    /** How many stages an answer tells the times of, where they are asked for. */
    public static final int STAGES = 9;

    private WireLimits() {}

    /**
     * Room that any {@code ResultResponse} of so many items fits in.
     *
     * @param items the most items
     * @return bytes of the whole frame
     */
    public static int resultFrameBytes(int items) {
        return FrameLayout.BODY_OFFSET
                + ResultResponseEncoder.BLOCK_LENGTH
                + ResultResponseDecoder.ItemsDecoder.sbeHeaderSize()
                + items * ResultResponseDecoder.ItemsDecoder.sbeBlockLength()
                + ResultResponseDecoder.messageHeaderLength()
                + MAX_MESSAGE_BYTES
                + ResultResponseDecoder.stageNsHeaderLength()
                + STAGES * Long.BYTES;
    }
}
