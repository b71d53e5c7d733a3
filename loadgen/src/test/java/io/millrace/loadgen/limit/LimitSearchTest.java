package io.millrace.loadgen.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoublePredicate;

final class LimitSearchTest {
    private static final double PRECISION = 0.05;
    private static final double LEAST_RATE = 1;

    private final List<Double> tried = new ArrayList<>();

    private LimitReport search(double first, int mostSteps, DoublePredicate holds) {
        return new LimitSearch(
                        rate -> {
                            tried.add(rate);
                            return Steps.of(
                                    rate, holds.test(rate) ? StepVerdict.HOLDS : StepVerdict.SLOW);
                        },
                        LEAST_RATE,
                        PRECISION,
                        mostSteps)
                .run(first);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 40, 99, 100, 1_000, 1_700, 30_000})
    void shouldFindTheLimitFromWhereverItBegins(double first) {
        double limit = 1_234;
        LimitReport report = search(first, 200, rate -> rate <= limit);
        double highest = report.highest().orElseThrow();
        double tooHigh = report.tooHigh().orElseThrow();
        assertTrue(report.isFound());
        assertTrue(highest <= limit && limit < tooHigh, highest + " " + tooHigh);
        assertTrue(tooHigh <= highest * (1 + PRECISION), highest + " " + tooHigh);
        assertEquals(StepVerdict.SLOW, report.boundedBy());
        assertEquals(highest, report.best().rate());
        assertEquals(first, tried.getFirst());
        for (LimitStep step : report.steps()) {
            long tries = tried.stream().filter(rate -> rate == step.rate()).count();
            assertEquals(step.rate() <= limit ? 1 : 2, tries, "tries of " + step.rate());
        }
        List<Double> curve = report.curve().stream().map(LimitStep::rate).toList();
        assertEquals(tried.stream().sorted().toList(), curve);
    }

    @Test
    void shouldNotTakeOneBadTryForTheLimit() {
        // Every rate is disturbed at its first try.
        LimitReport report = search(500, 200, rate -> rate <= 1_000 && isSecond(rate));
        double highest = report.highest().orElseThrow();
        assertTrue(highest <= 1_000 && highest > 1_000 / (1 + PRECISION), "" + highest);
    }

    private boolean isSecond(double rate) {
        return tried.stream().filter(other -> other == rate).count() == 2;
    }

    @Test
    void shouldSayWhatItHasWhenStepsRunOut() {
        LimitReport below = search(100, 4, rate -> true);
        assertEquals(100 * 1.5 * 1.5 * 1.5, below.highest().orElseThrow(), 1e-9);
        assertTrue(below.tooHigh().isEmpty());
        assertFalse(below.isFound());
        assertEquals(StepVerdict.HOLDS, below.boundedBy());
        LimitReport above = search(100, 3, rate -> false);
        assertTrue(above.highest().isEmpty());
        assertEquals(50, above.tooHigh().orElseThrow());
        assertEquals(50, above.best().rate());
        assertEquals(3, above.steps().size());
    }

    @Test
    void shouldGiveUpBelowTheLeastRate() {
        LimitReport report = search(7, 1_000, rate -> false);
        assertTrue(report.highest().isEmpty());
        assertEquals(1.75, report.tooHigh().orElseThrow());
        assertEquals(6, report.steps().size());
        assertFalse(report.isFound());
        assertTrue(report.figures().has("highest_rate"));
        assertEquals("too slow", report.figures().text("bounded_by"));
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        for (double precision : new double[] {0, -1, 1.1, Double.NaN}) {
            assertThrows(MillraceException.class, () -> search(precision, 3));
        }
        assertThrows(MillraceException.class, () -> search(PRECISION, 0));
        LimitSearch sensible = search(PRECISION, 1);
        for (double rate : new double[] {0.9, -1, Double.NaN}) {
            assertThrows(MillraceException.class, () -> sensible.run(rate));
        }
        assertEquals(1, sensible.run(1).highest().orElseThrow());
    }

    private static LimitSearch search(double precision, int mostSteps) {
        return new LimitSearch(
                rate -> Steps.of(rate, StepVerdict.HOLDS), LEAST_RATE, precision, mostSteps);
    }
}
