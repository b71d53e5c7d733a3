package io.millrace.server.security;

import org.jspecify.annotations.Nullable;

/**
 * What guards a server now.
 *
 * @param certificateExpiry when its certificate ends; null without TLS
 * @param tokens how many are known; null where none is wanted
 */
public record SecurityStatus(@Nullable String certificateExpiry, @Nullable Integer tokens) {}
