package io.millrace.ranker.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;

final class DecayClockTest {
    private static final long DAY_MS = 86_400_000;

    @Test
    void shouldHalveEveryHalfLifeWhenTicksPass() {
        for (int ticks = 0; ticks < 5_000; ticks++) {
            double expected = Math.pow(2, -ticks / 64.0);
            assertEquals(expected, DecayClock.decay(ticks), expected * 1e-15);
            assertEquals(DecayClock.decay(ticks) / 2, DecayClock.decay(ticks + 64));
        }
        assertEquals(1, DecayClock.decay(0));
        assertEquals(0, DecayClock.decay(1L << 40));
        assertTrue(DecayClock.decay(64L * 1_000) > 0);
    }

    @Test
    void shouldPassSixtyFourTicksWhenAHalfLifePasses() {
        for (long halfLifeMs : new long[] {DecayClock.LEAST_HALF_LIFE_MS, DAY_MS, 7 * DAY_MS}) {
            DecayClock clock = new DecayClock(halfLifeMs);
            for (long ms : new long[] {-5 * DAY_MS, 0, 1_577_836_800_000L, 1_700_000_000_123L}) {
                assertEquals(clock.tickOf(ms) + 64, clock.tickOf(ms + halfLifeMs));
                assertTrue(clock.tickOf(ms) <= clock.tickOf(ms + 1));
            }
        }
        assertEquals(0, new DecayClock(DAY_MS).tickOf(1_577_836_800_000L));
        assertEquals(-1, new DecayClock(DAY_MS).tickOf(1_577_836_799_999L));
    }

    @Test
    void shouldStayInOrderWhenMomentsAreFarOff() {
        DecayClock clock = new DecayClock(DecayClock.LEAST_HALF_LIFE_MS);
        assertEquals(Integer.MAX_VALUE, clock.tickOf(Long.MAX_VALUE));
        assertEquals(Integer.MIN_VALUE, clock.tickOf(Long.MIN_VALUE));
    }

    @Test
    void shouldRefuseWhenHalfLifeIsOutOfRange() {
        for (long bad : new long[] {-1, 0, 59_999, 3_651L * DAY_MS}) {
            MillraceException e = assertThrows(MillraceException.class, () -> new DecayClock(bad));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
            assertTrue(e.getMessage().contains("halfLifeMs=" + bad), e.getMessage());
        }
    }

    @Test
    void shouldTellTheMomentThatATickBeginsWith() {
        for (long halfLifeMs :
                new long[] {DecayClock.LEAST_HALF_LIFE_MS, DAY_MS, DecayClock.MOST_HALF_LIFE_MS}) {
            DecayClock clock = new DecayClock(halfLifeMs);
            for (long ms : new long[] {1, 1_577_836_800_000L, 1_700_000_000_000L}) {
                long begin = clock.momentOf(clock.tickOf(ms));
                assertTrue(begin <= ms && ms - begin <= halfLifeMs / 64 + 1, begin + " of " + ms);
            }
        }
        DecayClock slow = new DecayClock(DecayClock.MOST_HALF_LIFE_MS);
        assertEquals(Long.MAX_VALUE, slow.momentOf(Integer.MAX_VALUE));
        assertEquals(Long.MIN_VALUE, slow.momentOf(Integer.MIN_VALUE));
    }
}
