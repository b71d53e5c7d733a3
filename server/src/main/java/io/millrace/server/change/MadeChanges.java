package io.millrace.server.change;

/**
 * What changes come to.
 *
 * @param through the last sequence among them
 * @param frames requests that make them, one behind the other
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, compared by nobody.
public record MadeChanges(long through, byte[] frames) {
    /** None at all. */
    public static final MadeChanges NONE = new MadeChanges(0, new byte[0]);
}
