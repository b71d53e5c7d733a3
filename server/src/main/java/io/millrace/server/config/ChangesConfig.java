package io.millrace.server.config;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Whether what is served may be changed.
 *
 * @param enabled whether changes are taken
 * @param fileBytes length at which a new file of their journal is begun; those before go into its
 *     snapshot
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // A key without a value is a key nevertheless.
public record ChangesConfig(boolean enabled, long fileBytes) {
    private static final long LEAST_FILE_BYTES = 1 << 16;
    private static final long MOST_FILE_BYTES = 1 << 30;

    /** Every key at its default. */
    static final ChangesConfig DEFAULT = new ChangesConfig(true, 16L << 20);

    /** Validates. */
    public ChangesConfig {
        Ranges.validate("changes.fileBytes", fileBytes, LEAST_FILE_BYTES, MOST_FILE_BYTES);
    }
}
