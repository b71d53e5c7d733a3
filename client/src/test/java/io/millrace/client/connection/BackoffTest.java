package io.millrace.client.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.SplittableRandom;

final class BackoffTest {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofNanos(100), Duration.ofNanos(900));

    @Test
    void shouldDoubleUpToItsLimitAndLeaveOutHalfAtTheMost() {
        long[] full = {100, 200, 400, 800, 900, 900};
        SplittableRandom random = new SplittableRandom(5);
        for (int failures = 1; failures <= full.length; failures++) {
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int i = 0; i < 20_000; i++) {
                long delayNs = BACKOFF.delayNs(failures, random);
                least = Math.min(least, delayNs);
                most = Math.max(most, delayNs);
            }
            assertEquals(full[failures - 1], most);
            assertEquals(full[failures - 1] / 2, least);
        }
    }

    @Test
    void shouldStayAtItsLimitHoweverManyFailuresThereWere() {
        Backoff hours = new Backoff(Duration.ofNanos(3), Duration.ofHours(1));
        long delayNs = hours.delayNs(Integer.MAX_VALUE, new SplittableRandom(6));
        assertTrue(delayNs >= Duration.ofMinutes(30).toNanos(), "delayNs " + delayNs);
        assertTrue(delayNs <= Duration.ofHours(1).toNanos(), "delayNs " + delayNs);
    }

    @Test
    void shouldRefuseTimesThatMakeNoSense() {
        assertUsage(Duration.ZERO, Duration.ofMillis(1));
        assertUsage(Duration.ofMillis(-1), Duration.ofMillis(1));
        assertUsage(Duration.ofMillis(2), Duration.ofMillis(1));
        assertUsage(Duration.ofMillis(2), Duration.ofSeconds(Long.MAX_VALUE));
    }

    private static void assertUsage(Duration first, Duration most) {
        MillraceException e = assertThrows(MillraceException.class, () -> new Backoff(first, most));
        assertEquals(ErrorCode.USAGE, e.code());
    }
}
