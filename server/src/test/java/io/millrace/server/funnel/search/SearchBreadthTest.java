package io.millrace.server.funnel.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.index.recall.RecallCurve;
import io.millrace.index.recall.RecallCurve.Line;
import io.millrace.index.recall.RecallCurve.Point;

import org.junit.jupiter.api.Test;

import java.util.List;

class SearchBreadthTest {
    private static final double TRIALS = 1e9;

    @Test
    void shouldFollowTheRuleOfThumbWhenNothingIsGiven() {
        SearchBreadth breadth = SearchBreadth.given(500, 0);
        assertEquals(625, breadth.efSearch());
        assertEquals(0, breadth.recall());
        assertEquals(625, breadth.of(500));
        assertEquals(700, breadth.of(700));
        assertEquals(100, breadth.of(10));
        assertEquals(250, breadth.of(200));
        assertEquals(1_876, breadth.most(1_501));
    }

    @Test
    void shouldHalveTheBreadthButFindAsManyWhenSomeIsGivenUp() {
        SearchBreadth half = SearchBreadth.given(500, 2_000).withHaste(0);
        assertEquals(2_000, half.of(500));
        assertEquals(1_000, half.inHaste(500));
        assertEquals(500, SearchBreadth.given(500, 0).inHaste(500));
        assertEquals(50, SearchBreadth.given(500, 0).inHaste(10));
        SearchBreadth given = SearchBreadth.given(500, 2_000).withHaste(700);
        assertEquals(700, given.inHaste(500));
        assertEquals(1_400, given.inHaste(1_000));
        assertEquals(3_000, SearchBreadth.given(500, 2_000).withHaste(3_000).of(3_000));
        // Where the usual breadth is narrow, nothing is given up.
        SearchBreadth narrow = SearchBreadth.given(100, 40).withHaste(0);
        assertEquals(narrow.of(99), narrow.inHaste(99));
    }

    @Test
    void shouldNotSearchMoreBroadlyForFewerWhenABreadthIsGiven() {
        SearchBreadth breadth = SearchBreadth.given(100, 40);
        assertEquals(40, breadth.of(99));
        assertEquals(100, breadth.of(100));
    }

    @Test
    void shouldTakeTheCurveOfAsManyNeighboursWhenARecallIsGiven() {
        RecallCurve curve =
                new RecallCurve(
                        100,
                        List.of(
                                new Line(10, List.of(new Point(16, 0.8, TRIALS), top(64))),
                                new Line(50, List.of(new Point(50, 0.5, 10))),
                                new Line(500, List.of(new Point(500, 0.8, TRIALS), top(1_000)))));
        SearchBreadth breadth = SearchBreadth.reaching(0.9, 500, curve);
        assertEquals(curve.efFor(0.9, 500), breadth.efSearch());
        assertTrue(breadth.efSearch() > 500 && breadth.efSearch() < 1_000);
        assertEquals(curve.efFor(0.9, 10), breadth.of(10));
        assertEquals(curve.efFor(0.9, 10), breadth.of(1));
        // Too little is known of 50.
        assertEquals(breadth.efSearch(), breadth.of(11));
        assertEquals(breadth.efSearch(), breadth.of(499));
        // Behind those that are excluded the next ones must be as good.
        assertEquals(2 * breadth.efSearch(), breadth.of(1_000));
        for (int k = 1; k <= 1_500; k++) {
            assertTrue(breadth.of(k) >= Math.min(k, 500), "k=" + k);
            assertTrue(breadth.of(k) <= breadth.most(1_500), "k=" + k);
        }
    }

    private static Point top(int ef) {
        return new Point(ef, 1, TRIALS);
    }
}
