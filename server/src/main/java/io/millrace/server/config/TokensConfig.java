package io.millrace.server.config;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

/**
 * Who may ask for what.
 *
 * @param file of the tokens' hashes, as {@code millrace token} writes it; null where nobody is
 *     asked for a token
 * @param mistakes wrong tokens after which a connection is closed
 * @param waitMs time that a connection to the port for frames may take to bring its token
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // A key without a value is a key nevertheless.
public record TokensConfig(@Nullable String file, int mistakes, int waitMs) {
    /** Every key at its default. */
    static final TokensConfig DEFAULT = new TokensConfig(null, 3, 10_000);

    /** Validates. */
    public TokensConfig {
        Ranges.validate("tokens.mistakes", mistakes, 1, 1_000);
        Ranges.validate("tokens.waitMs", waitMs, 100, 600_000);
    }
}
