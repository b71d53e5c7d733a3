package io.millrace.loadgen.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.millrace.core.metrics.Figures;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

final class LoadCurveTest {
    private static final double SECONDS = 10;
    private static final LimitGoals GOALS =
            new LimitGoals(
                    new LatencyGoals(Map.of()), OptionalDouble.empty(), OptionalDouble.empty());

    /** One in fifty of the answers takes 4 ms. */
    private static LimitStep step(double rate, long refused, int deadlineUs) {
        return new LimitStep(
                rate,
                Steps.report(refused, 4, 0, false, deadlineUs),
                AnswerQuality.UNJUDGED,
                GOALS,
                StepVerdict.HOLDS,
                Optional.empty());
    }

    @Test
    void shouldCountAllAnswersWhenThereIsNoDeadline() {
        assertEquals(Steps.PLANNED / SECONDS, step(1, 0, 0).report().goodputPerSecond());
    }

    @Test
    void shouldCountAnswersInTimeWhenThereIsADeadline() {
        assertEquals(980, step(1, 0, 2_000).report().goodputPerSecond());
        assertEquals(1_000, step(1, 0, 5_000).report().goodputPerSecond());
        Figures figures = step(1, 5_000, 2_000).figures();
        assertEquals(4_900, figures.number("in_time"));
        assertEquals(490, figures.number("goodput"));
    }

    @Test
    void shouldTellWhatIsLeftOfThePeakAtTheHighestRate() {
        LimitStep highest = step(200, 6_000, 0);
        LoadCurve curve =
                new LoadCurve(100, List.of(step(50, 5_000, 0), highest, step(100, 2_000, 0)));
        assertEquals(800, curve.peak());
        assertSame(highest, curve.highest());
        assertEquals(0.5, curve.kept());
        Figures figures = curve.figures();
        assertEquals(100, figures.number("saturation_rate"));
        assertEquals(0.5, figures.number("goodput_kept"));
    }
}
