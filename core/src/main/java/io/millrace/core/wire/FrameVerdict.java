package io.millrace.core.wire;

/** What {@link FrameCheck} found. */
public enum FrameVerdict {
    /** Safe to read. */
    SOUND(Status.OK, ""),
    /** Not even a header and a correlation id. */
    TOO_SHORT(Status.BAD_REQUEST, "frame too short for a header and a correlation id"),
    /** Not a frame of this protocol. */
    FOREIGN_SCHEMA(Status.UNSUPPORTED_VERSION, "schema not known: only schema 7311 is spoken here"),
    /** Written by a version that is not understood. */
    UNKNOWN_VERSION(Status.UNSUPPORTED_VERSION, "version not known: speak version 1 to 7"),
    /** A template that is not understood. */
    UNKNOWN_MESSAGE(
            Status.UNSUPPORTED_VERSION, "message not known: template is not of its version"),
    /** A block is shorter than its version has it. */
    SHORT_BLOCK(Status.BAD_REQUEST, "damaged frame: a block is shorter than its version has it"),
    /** A group or data runs over the end. */
    TRUNCATED(Status.BAD_REQUEST, "damaged frame: its content runs over its end"),
    /** The content ends before the frame does. */
    TRAILING_BYTES(Status.BAD_REQUEST, "damaged frame: bytes follow its content");

    private final Status status;
    private final String message;

    FrameVerdict(Status status, String message) {
        this.status = status;
        this.message = message;
    }

    /**
     * The status to answer with.
     *
     * @return the status
     */
    public Status status() {
        return status;
    }

    /**
     * The text to answer with.
     *
     * @return one lower-case line, empty for {@link #SOUND}
     */
    public String message() {
        return message;
    }
}
