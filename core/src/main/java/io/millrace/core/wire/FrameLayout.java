package io.millrace.core.wire;

import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.MessageHeaderEncoder;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.nio.ByteOrder;

/**
 * Offsets inside a frame, shared by whoever writes, reads or describes one.
 *
 * <pre>
 *  byte 0        4           6          8         10        12              20
 *       +--------+-----------+----------+---------+---------+---------------+-----------
 *       | length | block     | template | schema  | version | correlation   | rest of
 *       | uint32 | length    | id       | id      |         | id            | the body
 *       |        | uint16    | uint16   | uint16  | uint16  | int64         |
 *       +--------+-----------+----------+---------+---------+---------------+-----------
 *                |&lt;------------------------- length bytes -------------------------------
 * </pre>
 *
 * Everything is little-endian. The length counts what follows it: a {@code Ping} is 20 bytes long
 * and says 16. The body of every message, of every version, begins with the correlation id.
 */
public final class FrameLayout {
    /** Offset of the length of the frame. */
    public static final int LENGTH_OFFSET = 0;

    /** Bytes of the length. */
    public static final int LENGTH_BYTES = Integer.BYTES;

    /** Offset of the SBE message header. */
    public static final int HEADER_OFFSET = LENGTH_OFFSET + LENGTH_BYTES;

    /** Bytes of the SBE message header. */
    public static final int HEADER_BYTES = MessageHeaderDecoder.ENCODED_LENGTH;

    /** Offset of the body. */
    public static final int BODY_OFFSET = HEADER_OFFSET + HEADER_BYTES;

    /** Offset of the correlation id, the same in every message. */
    public static final int CORRELATION_ID_OFFSET = BODY_OFFSET;

    /** The smallest length: a header and a correlation id. */
    public static final int MIN_LENGTH = HEADER_BYTES + Long.BYTES;

    /** Stands for the correlation id where none could be read. */
    public static final long NO_CORRELATION_ID = -1L;

    /** The id of the schema that all frames name. */
    public static final int SCHEMA_ID = MessageHeaderEncoder.SCHEMA_ID;

    /** The oldest version of the protocol still understood. */
    public static final int OLDEST_VERSION = 1;

    /** The newest version of the protocol understood. */
    public static final int VERSION = MessageHeaderEncoder.SCHEMA_VERSION;

    /** The version that brought feedback, and histories into recommend requests. */
    public static final int FEEDBACK_VERSION = 2;

    /** The version that brought rank requests. */
    public static final int RANK_VERSION = 3;

    /** The version that brought changes of the catalogue and of features. */
    public static final int CHANGE_VERSION = 4;

    /** The version that brought tokens. */
    public static final int AUTH_VERSION = 5;

    /** The version that brought explain requests. */
    public static final int EXPLAIN_VERSION = 6;

    /**
     * The version that brought filters, experiment keys and traces into requests, stage times into
     * answers, and statistics as a frame.
     */
    public static final int WISH_VERSION = 7;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int BLOCK_LENGTH_OFFSET =
            HEADER_OFFSET + MessageHeaderDecoder.blockLengthEncodingOffset();
    private static final int TEMPLATE_ID_OFFSET =
            HEADER_OFFSET + MessageHeaderDecoder.templateIdEncodingOffset();
    private static final int SCHEMA_ID_OFFSET =
            HEADER_OFFSET + MessageHeaderDecoder.schemaIdEncodingOffset();
    private static final int VERSION_OFFSET =
            HEADER_OFFSET + MessageHeaderDecoder.versionEncodingOffset();

    private FrameLayout() {}

    /**
     * The length a frame says it has.
     *
     * @param buffer holds at least the first four bytes of the frame
     * @param frame offset of the frame
     * @return bytes after the length itself, 0 to 2³² - 1
     */
    public static long length(DirectBuffer buffer, int frame) {
        return Integer.toUnsignedLong(buffer.getInt(frame + LENGTH_OFFSET, ORDER));
    }

    /**
     * Writes length and version of a frame whose header and body are in place, and hold nothing
     * that {@link #OLDEST_VERSION} does not have.
     *
     * @param buffer holds the frame
     * @param frame offset of the frame
     * @param bodyBytes bytes of the body
     * @return bytes of the whole frame
     */
    public static int finish(MutableDirectBuffer buffer, int frame, int bodyBytes) {
        return finish(buffer, frame, bodyBytes, OLDEST_VERSION);
    }

    /**
     * Writes length and version of a frame whose header and body are in place.
     *
     * @param buffer holds the frame
     * @param frame offset of the frame
     * @param bodyBytes bytes of the body
     * @param version the oldest that has all the body holds, so that older peers take the frame
     * @return bytes of the whole frame
     */
    public static int finish(MutableDirectBuffer buffer, int frame, int bodyBytes, int version) {
        buffer.putInt(frame + LENGTH_OFFSET, HEADER_BYTES + bodyBytes, ORDER);
        buffer.putShort(frame + VERSION_OFFSET, (short) version, ORDER);
        return BODY_OFFSET + bodyBytes;
    }

    /**
     * The length of the root block of a frame's body.
     *
     * @param buffer holds the frame
     * @param frame offset of the frame
     * @return bytes
     */
    public static int blockLength(DirectBuffer buffer, int frame) {
        return unsignedShort(buffer, frame + BLOCK_LENGTH_OFFSET);
    }

    /**
     * What message a frame holds.
     *
     * @param buffer holds the frame
     * @param frame offset of the frame
     * @return the id of the message's template
     */
    public static int templateId(DirectBuffer buffer, int frame) {
        return unsignedShort(buffer, frame + TEMPLATE_ID_OFFSET);
    }

    /**
     * The schema a frame was written by.
     *
     * @param buffer holds the frame
     * @param frame offset of the frame
     * @return {@link #SCHEMA_ID} unless the frame is of another protocol
     */
    public static int schemaId(DirectBuffer buffer, int frame) {
        return unsignedShort(buffer, frame + SCHEMA_ID_OFFSET);
    }

    /**
     * The version of the protocol a frame was written by.
     *
     * @param buffer holds the frame
     * @param frame offset of the frame
     * @return the version
     */
    public static int version(DirectBuffer buffer, int frame) {
        return unsignedShort(buffer, frame + VERSION_OFFSET);
    }

    /**
     * The correlation id of a frame of any message and version.
     *
     * @param buffer holds at least {@link #MIN_LENGTH} bytes after the length
     * @param frame offset of the frame
     * @return the correlation id
     */
    public static long correlationId(DirectBuffer buffer, int frame) {
        return buffer.getLong(frame + CORRELATION_ID_OFFSET, ORDER);
    }

    private static int unsignedShort(DirectBuffer buffer, int offset) {
        return Short.toUnsignedInt(buffer.getShort(offset, ORDER));
    }
}
