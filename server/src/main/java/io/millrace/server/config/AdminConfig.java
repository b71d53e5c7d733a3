package io.millrace.server.config;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How much the admin port takes.
 *
 * @param connections open at once; more are refused with status 503
 * @param waitMs time that a peer may take for its next request, and for reading an answer
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // A key without a value is a key nevertheless.
public record AdminConfig(int connections, int waitMs) {
    /** Every key at its default. */
    static final AdminConfig DEFAULT = new AdminConfig(64, 60_000);

    /** Validates. */
    public AdminConfig {
        Ranges.validate("admin.connections", connections, 1, 1 << 16);
        Ranges.validate("admin.waitMs", waitMs, 100, 3_600_000);
    }
}
