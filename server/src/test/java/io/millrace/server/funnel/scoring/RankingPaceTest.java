package io.millrace.server.funnel.scoring;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RankingPaceTest {
    private final RankingPace pace = new RankingPace();

    @Test
    void shouldHaveTimeForAnyWhenNothingWasTimedUnlessTheTimeIsOver() {
        assertTrue(pace.hasTimeFor(500, 1));
        assertFalse(pace.hasTimeFor(500, -1));
    }

    @Test
    void shouldLeaveAQuarterOfTheTimeWhenCandidatesWereTimed() {
        pace.took(100, 75_000);
        assertTrue(pace.hasTimeFor(500, 500_000));
        assertFalse(pace.hasTimeFor(500, 499_999));
        assertTrue(pace.hasTimeFor(100, 100_000));
        assertFalse(pace.hasTimeFor(1, -1));
    }

    @Test
    void shouldLearnSlowlyWhenTimesChange() {
        pace.took(1, 750);
        pace.took(1, 16_750);
        // 750 + 16,000 / 16 a candidate.
        assertFalse(pace.hasTimeFor(3, 6_999));
        assertTrue(pace.hasTimeFor(3, 7_000));
        for (int i = 0; i < 200; i++) {
            pace.took(10, 7_500);
        }
        assertTrue(pace.hasTimeFor(3, 3_001));
        assertFalse(pace.hasTimeFor(3, 2_999));
    }
}
