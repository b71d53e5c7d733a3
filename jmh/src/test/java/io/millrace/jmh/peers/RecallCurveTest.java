package io.millrace.jmh.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.OptionalDouble;

/** Readings against values computed by hand. */
final class RecallCurveTest {
    @Test
    void shouldInterpolateTheLogarithmWhenBetweenTwoPoints() {
        RecallCurve curve =
                curve(point(10, 0.90, 10_000), point(20, 0.98, 1_000), point(40, 1.00, 250));
        // Half way from 10^4 to 10^3 is 10^3.5; half way from 1000 to 250 is 500.
        assertEquals(3_162.277_66, curve.speedAt(0.94).orElseThrow(), 1e-3);
        assertEquals(500, curve.speedAt(0.99).orElseThrow(), 1e-9);
        assertEquals(10_000, curve.speedAt(0.90).orElseThrow(), 1e-9);
        assertEquals(1_000, curve.speedAt(0.98).orElseThrow(), 1e-9);
        assertEquals(250, curve.speedAt(1).orElseThrow(), 1e-9);
        assertEquals(Math.sqrt(10 * 20), curve.effortAt(0.94).orElseThrow(), 1e-9);
        assertEquals(40, curve.effortAt(1).orElseThrow(), 1e-9);
    }

    @Test
    void shouldNeverExtrapolateWhenNoPointsLieAround() {
        RecallCurve curve = curve(point(10, 0.90, 10_000), point(20, 0.98, 1_000));
        assertEquals(OptionalDouble.empty(), curve.speedAt(0.981));
        assertEquals(OptionalDouble.empty(), curve.effortAt(0.981));
        assertFalse(curve.startsAbove(0.981));
        assertEquals(OptionalDouble.empty(), curve.speedAt(0.899));
        assertTrue(curve.startsAbove(0.899));
        assertEquals(OptionalDouble.empty(), curve().speedAt(0.9));
        assertFalse(curve().startsAbove(0.9));
    }

    @Test
    void shouldTakeTheFastestWhenTheCurveTurnsBack() {
        RecallCurve curve = curve(point(10, 0.95, 800), point(20, 0.93, 400), point(40, 0.97, 100));
        // Falling from ef 10 to 20 it passes 0.94 at sqrt(800 x 400), rising later at a third of
        // the
        // way at most: the first is faster.
        assertEquals(Math.sqrt(800.0 * 400), curve.speedAt(0.94).orElseThrow(), 1e-9);
        RecallCurve level = curve(point(10, 1, 300), point(20, 1, 200));
        assertEquals(300, level.speedAt(1).orElseThrow(), 1e-9);
        assertEquals(10, level.effortAt(1).orElseThrow(), 1e-9);
        assertEquals(Math.sqrt(10 * 20), curve.effortAt(0.94).orElseThrow(), 1e-9);
        assertEquals(300, curve(point(10, 1, 300)).speedAt(1).orElseThrow(), 1e-9);
    }

    @Test
    void shouldTakeMediansWhenThereAreRounds() {
        RecallCurve curve =
                RecallCurve.ofRounds(
                        List.of(
                                point(20, 0.9, 100),
                                point(10, 0.5, 900),
                                point(20, 0.9, 300),
                                point(10, 0.7, 100),
                                point(10, 0.6, 800)));
        assertEquals(
                List.of(
                        new RecallCurve.Point(10, 0.6, 800, 9),
                        new RecallCurve.Point(20, 0.9, 200, 3)),
                curve.points());
    }

    private static RecallCurve.Point point(int ef, double recall, double queriesPerSecond) {
        return new RecallCurve.Point(ef, recall, queriesPerSecond);
    }

    private static RecallCurve curve(RecallCurve.Point... points) {
        return new RecallCurve(List.of(points));
    }
}
