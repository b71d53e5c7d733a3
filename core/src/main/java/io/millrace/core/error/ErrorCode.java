package io.millrace.core.error;

/**
 * What kind of trouble it is. Codes are counted in metrics and decide the exit code of the command
 * line.
 */
public enum ErrorCode {
    /**
     * The caller asked for something that makes no sense: a bad option, a bad combination of
     * options.
     */
    USAGE,
    /**
     * The data given are not what they should be: a wrong dimension, a non-finite value, a broken
     * row.
     */
    BAD_INPUT,
    /** A thing that was named does not exist: a file, a user, an item. */
    NOT_FOUND,
    /** A file of ours is damaged: truncated, a checksum that does not fit, an alien header. */
    CORRUPT_FILE,
    /** A file or frame of a version this program does not know. */
    UNSUPPORTED_VERSION,
    /** Two parts that were not made for each other: a model of one schema, rows of another. */
    MISMATCH,
    /** A configured limit was reached: capacity, frame size, connections. */
    LIMIT,
    /** The operating system refused: disk full, port in use, permission. */
    IO,
    /** The other side did not answer in time or went away. */
    UNAVAILABLE,
    /** A broken invariant of our own: a bug. */
    INTERNAL
}
