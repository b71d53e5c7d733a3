package io.millrace.client;

import io.millrace.core.error.MillraceException;

import java.time.Duration;

/** The longest a request may take. */
final class Deadline {
    private static final Duration LEAST = Duration.ofMillis(1);

    /** A frame has 32 bits for the microseconds, which is 71 minutes. */
    private static final Duration MOST = Duration.ofHours(1);

    private Deadline() {}

    static Duration validate(Duration deadline) {
        if (deadline.compareTo(LEAST) < 0 || deadline.compareTo(MOST) > 0) {
            throw MillraceException.usage(
                    "deadline out of range: deadline=%s, limit=%s to %s", deadline, LEAST, MOST);
        }
        return deadline;
    }
}
