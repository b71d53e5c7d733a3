package io.millrace.server.security;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What guards a server now.
 *
 * @param certificateExpiry when its certificate ends; null without TLS
 * @param tokens how many are known; null where none is wanted
 * @param errors why what the files hold is not in use, one line each; empty where it is
 */
public record SecurityStatus(
        @Nullable String certificateExpiry, @Nullable Integer tokens, List<String> errors) {
    /** Copies the list. */
    public SecurityStatus {
        errors = List.copyOf(errors);
    }
}
