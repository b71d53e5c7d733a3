package io.millrace.loadgen.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.report.LoadReport;

import org.junit.jupiter.api.Test;

import java.util.Optional;
import java.util.OptionalDouble;

final class LimitStepTest {
    private static final OptionalDouble NONE = OptionalDouble.empty();
    private static final LatencyGoals READS = LatencyGoals.of("reads", 5);
    private static final LimitGoals FAST = new LimitGoals(READS, NONE, NONE);
    private static final LimitGoals ALL =
            new LimitGoals(READS, OptionalDouble.of(0.95), OptionalDouble.of(0.01));

    private static StepVerdict verdict(LoadReport report) {
        return LimitStep.of(100, report, AnswerQuality.UNJUDGED, FAST, Optional.empty()).verdict();
    }

    private static StepVerdict verdict(double recall, double ndcg, double unloaded) {
        AnswerQuality quality =
                new AnswerQuality(
                        OptionalDouble.of(recall),
                        OptionalDouble.of(ndcg),
                        OptionalDouble.of(unloaded));
        return LimitStep.of(100, Steps.report(0, 2, 0, false), quality, ALL, Optional.empty())
                .verdict();
    }

    @Test
    void shouldTellWhatDoesNotHold() {
        assertEquals(StepVerdict.HOLDS, verdict(Steps.report(0, 4, 0, false)));
        assertEquals(StepVerdict.SLOW, verdict(Steps.report(0, 6, 0, false)));
        assertEquals(StepVerdict.HOLDS, verdict(Steps.report(10, 4, 0, false)));
        assertEquals(StepVerdict.UNANSWERED, verdict(Steps.report(11, 6, 0, false)));
        assertEquals(StepVerdict.HOLDS, verdict(Steps.report(0, 4, 100, false)));
        assertEquals(StepVerdict.NOT_KEPT, verdict(Steps.report(11, 6, 101, false)));
        assertEquals(StepVerdict.BROKEN, verdict(Steps.report(11, 6, 101, true)));
    }

    @Test
    void shouldTellWhenAnswersAreWorse() {
        assertEquals(StepVerdict.HOLDS, verdict(0.95, 0.5, 0.5));
        assertEquals(StepVerdict.POOR_RECALL, verdict(0.949, 0.5, 0.5));
        assertEquals(StepVerdict.HOLDS, verdict(1, 0.496, 0.5));
        assertEquals(StepVerdict.POOR_NDCG, verdict(1, 0.494, 0.5));
        assertEquals(StepVerdict.HOLDS, verdict(1, 0.6, 0.5));
        // Nobody's truth was known well enough to gain anything: nothing can be lost.
        assertEquals(StepVerdict.HOLDS, verdict(1, 0, 0));
    }

    /** What was asked for and could not be judged does not hold. */
    @Test
    void shouldNotHoldUnjudged() {
        LoadReport report = Steps.report(0, 2, 0, false);
        assertEquals(
                StepVerdict.POOR_RECALL,
                LimitStep.of(100, report, AnswerQuality.UNJUDGED, ALL, Optional.empty()).verdict());
        AnswerQuality found = new AnswerQuality(OptionalDouble.of(1), NONE, NONE);
        assertEquals(
                StepVerdict.POOR_NDCG,
                LimitStep.of(100, report, found, ALL, Optional.empty()).verdict());
    }

    @Test
    void shouldRefuseGoalsThatMakeNoSense() {
        for (double bad : new double[] {-0.1, 1.1, Double.NaN}) {
            OptionalDouble part = OptionalDouble.of(bad);
            assertThrows(MillraceException.class, () -> new LimitGoals(READS, part, NONE));
            assertThrows(MillraceException.class, () -> new LimitGoals(READS, NONE, part));
        }
    }
}
