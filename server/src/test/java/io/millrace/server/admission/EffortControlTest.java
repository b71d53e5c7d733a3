package io.millrace.server.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.server.request.Lever;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.Test;

class EffortControlTest {
    private static final RequestKind KIND = RequestKind.RECOMMEND;
    private static final int LAST = Lever.levels() - 1;

    /** Nanoseconds by level; the last takes 1,000. */
    private static final long[] COSTS = {9_000, 5_000, 3_000, 2_000, 1_000};

    private final ServicePace pace = new ServicePace();
    private final EffortControl control = new EffortControl(pace);

    private void learn() {
        for (int level = 0; level <= LAST; level++) {
            pace.took(KIND, level, COSTS[level]);
        }
    }

    @Test
    void shouldGiveUpNothingWhenNothingIsKnown() {
        assertEquals(0, control.level(KIND, 0, 50));
    }

    @Test
    void shouldGiveUpNothingWhenThereIsNoDeadline() {
        learn();
        assertEquals(0, control.level(KIND, Backlog.ANY_TIME, 1_000));
    }

    @Test
    void shouldGiveUpAllWhenItIsTooLateAlready() {
        learn();
        assertEquals(LAST, control.level(KIND, -1, 0));
    }

    /** Some time to spare, for the request and those behind it. */
    @Test
    void shouldDivideTheTimeAmongAllThatWait() {
        learn();
        assertEquals(0, control.level(KIND, 8_000, 0));
        assertEquals(1, control.level(KIND, 7_999, 0));
        assertEquals(1, control.level(KIND, 8_000, 1));
        assertEquals(2, control.level(KIND, 7_999, 1));
        assertEquals(2, control.level(KIND, 8_000, 3));
        assertEquals(3, control.level(KIND, 7_999, 3));
        assertEquals(3, control.level(KIND, 8_000, 7));
        assertEquals(LAST, control.level(KIND, 7_999, 7));
        assertEquals(LAST, control.level(KIND, 0, 0));
    }

    @Test
    void shouldTryAgainWhatWasPassedOverForLong() {
        learn();
        int tries = 0;
        for (int i = 0; i < 3_000; i++) {
            tries += control.level(KIND, 10, 0) < LAST ? 1 : 0;
        }
        assertEquals(1, Math.min(1, tries), "a level that nobody tries is never learnt again");
    }
}
