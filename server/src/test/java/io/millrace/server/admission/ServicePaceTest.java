package io.millrace.server.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.server.request.Lever;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.Test;

class ServicePaceTest {
    private static final RequestKind KIND = RequestKind.RECOMMEND;
    private static final int LAST = Lever.levels() - 1;

    private final ServicePace pace = new ServicePace();

    private void took(int level, long ns, int times) {
        for (int i = 0; i < times; i++) {
            pace.took(KIND, level, ns);
        }
    }

    @Test
    void shouldExpectNothingWhenNothingWasTimed() {
        assertEquals(0, pace.expectedNs(KIND, 0));
        assertEquals(0, pace.shortestNs(KIND));
        pace.took(RequestKind.SEARCH, 0, 1_000_000);
        assertEquals(0, pace.expectedNs(KIND, 0), "of another kind");
    }

    @Test
    void shouldFollowAMovingMeanWhenTimesChange() {
        double expected = 1_000_000;
        pace.took(KIND, 0, 1_000_000);
        for (int i = 0; i < 40; i++) {
            long ns = i % 2 == 0 ? 1_500_000 : 700_000;
            pace.took(KIND, 0, ns);
            expected = expected * 15 / 16 + ns / 16.0;
            assertEquals(expected, (double) pace.expectedNs(KIND, 0), 2);
        }
    }

    @Test
    void shouldTakeUntriedLevelsForSomewhatQuicker() {
        took(0, 1_600_000, 20);
        assertEquals(1_200_000, (double) pace.expectedNs(KIND, 1), 2);
        assertEquals(900_000, (double) pace.expectedNs(KIND, 2), 2);
        took(1, 400_000, 1);
        assertEquals(400_000, pace.expectedNs(KIND, 1));
        assertEquals(300_000, pace.expectedNs(KIND, 2));
        assertEquals(pace.expectedNs(KIND, LAST), pace.shortestNs(KIND));
    }

    @Test
    void shouldNotTakeALevelForQuickerThanOneThatDoesLess() {
        took(LAST, 500_000, 1);
        assertEquals(500_000, pace.expectedNs(KIND, 0));
    }

    /** A stall of a second among requests of a millisecond. */
    @Test
    void shouldHardlyBeMovedWhenOneRequestStalls() {
        took(0, 1_000_000, 50);
        took(0, 1_000_000_000, 1);
        assertTrue(pace.expectedNs(KIND, 0) < 1_200_000, "" + pace.expectedNs(KIND, 0));
    }

    @Test
    void shouldFollowWhenAllRequestsBecomeSlower() {
        took(0, 1_000_000, 50);
        took(0, 10_000_000, 60);
        assertEquals(10_000_000, (double) pace.expectedNs(KIND, 0), 1_000_000);
    }

    @Test
    void shouldForgetALevelWhenItIsPassedOverForLong() {
        took(0, 3_000_000, 20);
        took(LAST, 1_000_000, 20);
        long before = Long.MAX_VALUE;
        for (int i = 0; i < 1_024; i++) {
            long expected = pace.expectedNs(KIND, 0);
            assertTrue(expected < before || i == 0, "falls: " + expected);
            assertTrue(expected >= 1_000_000);
            before = expected;
            pace.passedOver(KIND, 0);
        }
        assertEquals(1_000_000, (double) pace.expectedNs(KIND, 0), 2);
        took(0, 3_000_000, 1);
        assertEquals(
                3_000_000,
                (double) pace.expectedNs(KIND, 0),
                2,
                "remembered when it is tried again");
    }
}
