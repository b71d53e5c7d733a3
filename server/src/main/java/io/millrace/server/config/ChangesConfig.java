package io.millrace.server.config;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Whether what is served may be changed.
 *
 * @param enabled whether changes are taken
 * @param fileBytes length at which a new file of their journal is begun; those before go into its
 *     snapshot
 * @param maxUpserted the most items that are served by vectors of their own: new ones, and known
 *     ones that were upserted
 * @param scannedUpserted the most of them that each search looks at one by one; where there are
 *     more, they go into a graph of their own
 * @param carryOver whether the changes of a bundle are made on the one that follows it
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // A key without a value is a key nevertheless.
public record ChangesConfig(
        boolean enabled, long fileBytes, int maxUpserted, int scannedUpserted, boolean carryOver) {
    private static final long LEAST_FILE_BYTES = 1 << 16;
    private static final long MOST_FILE_BYTES = 1 << 30;
    private static final int MOST_UPSERTED = 1 << 20;

    /** Every key at its default. */
    static final ChangesConfig DEFAULT = new ChangesConfig(true, 16L << 20, 1 << 17, 1 << 14, true);

    /** Validates. */
    public ChangesConfig {
        Ranges.validate("changes.fileBytes", fileBytes, LEAST_FILE_BYTES, MOST_FILE_BYTES);
        Ranges.validate("changes.maxUpserted", maxUpserted, 1, MOST_UPSERTED);
        Ranges.validate("changes.scannedUpserted", scannedUpserted, 0, MOST_UPSERTED);
    }
}
