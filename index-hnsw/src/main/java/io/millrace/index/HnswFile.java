package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.nio.file.Path;

/** Writes an {@link HnswIndex} to a file and opens it again. */
@SuppressWarnings("DoNotCallSuggester")
public final class HnswFile {
    private HnswFile() {}

    /**
     * Writes an index, or leaves what was there.
     *
     * @param index the index.
     * @param path the file.
     */
    public static void write(HnswIndex index, Path path) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }

    /**
     * Opens an index by copying it into memory on huge pages.
     *
     * @param path the file.
     * @return the index, to be closed by the caller.
     */
    public static HnswIndex open(Path path) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }

    /**
     * Opens an index where it lies in the file's pages, which the system may drop and read again.
     *
     * @param path the file.
     * @return the index, to be closed by the caller.
     */
    public static HnswIndex map(Path path) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
