package io.millrace.server.funnel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

class FeedbackClockTest {
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final long TEN_YEARS_MS = TimeUnit.DAYS.toMillis(3_650);
    private static final long PATIENCE_MS =
            TimeUnit.NANOSECONDS.toMillis(FeedbackClock.PATIENCE_NS);

    /** Near the end of the range, where times wrap around. */
    private static final long BEGIN_NS = Long.MAX_VALUE - 5_000_000;

    private final FeedbackClock clock = new FeedbackClock(Long.MIN_VALUE, NOW_MS, BEGIN_NS);

    private static long after(long ms) {
        return BEGIN_NS + TimeUnit.MILLISECONDS.toNanos(ms);
    }

    @Test
    void shouldTellWhatTheWallSaysWhileThatGoesOn() {
        long wallMs = NOW_MS;
        for (int i = 0; i < 1_000; i++) {
            // It gains a second in ten minutes, and is set by some now and then.
            wallMs += 601_000 + (i % 10 == 0 ? -30_000 : 0) + (i % 10 == 5 ? 30_000 : 0);
            assertEquals(wallMs, clock.nowMs(wallMs, after(600_000L * (i + 1))));
        }
    }

    @Test
    void shouldGoOnWhenTheWallIsSetAndSetBack() {
        long[] jumps = {3_600_000, TEN_YEARS_MS, 1 - NOW_MS, -3_600_000, Long.MAX_VALUE / 4};
        for (int i = 0; i < jumps.length; i++) {
            long beganMs = 2L * i * PATIENCE_MS;
            assertEquals(NOW_MS + beganMs, clock.nowMs(NOW_MS + beganMs, after(beganMs)));
            for (long ms = beganMs; ms < beganMs + PATIENCE_MS; ms += 1_000) {
                assertEquals(NOW_MS + ms, clock.nowMs(NOW_MS + ms + jumps[i], after(ms)));
            }
            long endedMs = beganMs + PATIENCE_MS;
            assertEquals(NOW_MS + endedMs, clock.nowMs(NOW_MS + endedMs, after(endedMs)));
        }
    }

    @Test
    void shouldFollowWhenTheWallHasStayedWhereItWasSet() {
        for (long jump : new long[] {TEN_YEARS_MS, -TEN_YEARS_MS}) {
            FeedbackClock set = new FeedbackClock(0, NOW_MS, after(0));
            assertEquals(NOW_MS, set.nowMs(NOW_MS + jump, after(0)));
            long almost = PATIENCE_MS - 1;
            assertEquals(NOW_MS + almost, set.nowMs(NOW_MS + jump + almost, after(almost)));
            long then = NOW_MS + jump + PATIENCE_MS;
            assertEquals(then, set.nowMs(then, after(PATIENCE_MS)));
            assertEquals(then + 1, set.nowMs(then + 1, after(PATIENCE_MS + 1)));
        }
    }

    @Test
    void shouldWaitAnewWhenTheWallIsSetOnceMore() {
        assertEquals(NOW_MS, clock.nowMs(NOW_MS + TEN_YEARS_MS, after(0)));
        long later = PATIENCE_MS - 1;
        assertEquals(NOW_MS + later, clock.nowMs(NOW_MS - TEN_YEARS_MS + later, after(later)));
        later = 2 * PATIENCE_MS - 2;
        assertEquals(NOW_MS + later, clock.nowMs(NOW_MS - TEN_YEARS_MS + later, after(later)));
    }

    /** A machine that starts in 1970 and is told the time a moment later. */
    @Test
    void shouldBeginWhereCountingEndedWhenTheWallIsBehind() {
        FeedbackClock started = new FeedbackClock(NOW_MS, 5, after(0));
        assertEquals(NOW_MS, started.nowMs(5, after(0)));
        assertEquals(NOW_MS + 10_000, started.nowMs(10_005, after(10_000)));
        long told = NOW_MS + 40_000;
        assertEquals(told, started.nowMs(told, after(20_000)));
    }

    /** What a file says that was counted may be beyond all time. */
    @Test
    void shouldFollowTheWallInTheEndWhateverWasCounted() {
        for (long countedMs : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, NOW_MS + TEN_YEARS_MS}) {
            FeedbackClock started = new FeedbackClock(countedMs, NOW_MS, after(0));
            started.nowMs(NOW_MS, after(0));
            long then = NOW_MS + PATIENCE_MS;
            assertEquals(then, started.nowMs(then, after(PATIENCE_MS)));
        }
    }
}
