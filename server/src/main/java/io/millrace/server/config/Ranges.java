package io.millrace.server.config;

import io.millrace.core.error.MillraceException;

/** Checks numbers against what they may be. */
final class Ranges {
    private Ranges() {}

    static void validate(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw MillraceException.usage(
                    "value out of range: %s=%d, limit=%d to %d; change it", key, value, min, max);
        }
    }

    static void validate(String key, double value, double min, double max) {
        // Written so that no number at all is refused too.
        if (!(value >= min && value <= max)) {
            throw MillraceException.usage(
                    "value out of range: %s=%s, limit=%s to %s; change it", key, value, min, max);
        }
    }
}
