package io.millrace.core.log;

import io.millrace.core.error.MillraceException;

import java.nio.charset.StandardCharsets;

/**
 * What a log holds.
 *
 * @param name of its files, as in {@code impressions}: they are called {@code
 *     impressions-00000001.log} and so on
 * @param mark what its files say they are: up to 8 ASCII characters
 * @param version of the format of its records, from 1: the one that is written
 * @param oldest version that is read still
 */
public record LogKind(String name, String mark, int version, int oldest) {
    /**
     * A log of which one version is read.
     *
     * @param name of its files
     * @param mark what its files say they are
     * @param version of the format of its records
     */
    public LogKind(String name, String mark, int version) {
        this(name, mark, version, version);
    }

    /** Validates. */
    public LogKind {
        if (mark.length() > LogLayout.KIND_LENGTH
                || !StandardCharsets.US_ASCII.newEncoder().canEncode(mark)) {
            throw MillraceException.usage(
                    "mark of a log is too long or not ascii: mark=%s, limit=%d",
                    mark, LogLayout.KIND_LENGTH);
        }
    }

    /** The mark as it stands in a header. */
    byte[] markBytes() {
        String padded = mark + " ".repeat(LogLayout.KIND_LENGTH - mark.length());
        return padded.getBytes(StandardCharsets.US_ASCII);
    }
}
