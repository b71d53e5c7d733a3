package io.millrace.index.vectors;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorSet;

import java.nio.file.Path;

/** Reads vectors and true neighbours of many formats. */
@SuppressWarnings("DoNotCallSuggester")
public final class VectorFiles {
    private VectorFiles() {}

    /**
     * Reads vectors.
     *
     * @param path a file ({@code .fvecs}, {@code .bvecs}, {@code .npy}, IDX images, also with
     *     {@code .gz}).
     * @param limit the most rows to read.
     * @return the rows, to be closed by the caller.
     */
    public static VectorSet read(Path path, int limit) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }

    /**
     * Reads true neighbours.
     *
     * @param path an {@code .ivecs} file.
     * @param limit the most rows to read.
     * @return ordinals, nearest first, one array per query.
     */
    public static int[][] readTruth(Path path, int limit) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
