package io.millrace.loadgen.limit;

import io.millrace.core.error.MillraceException;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/**
 * Looks for the highest rate that holds. It grows by half until a rate does not hold, or falls to a
 * half until one does, then goes to the geometric mean of the two until they are near enough. A
 * rate that does not hold is tried a second time, since a machine may have been busy with something
 * else for a moment; it counts as too high when both tries fail, or no step is left for another.
 *
 * <p>Threading: one thread.
 */
public final class LimitSearch {
    private static final double GROWTH = 1.5;
    private static final double FALL = 0.5;
    private static final int MOST_STEPS = 1_000;

    private final DoubleFunction<LimitStep> measure;
    private final double leastRate;
    private final double precision;
    private final int mostSteps;
    private final List<LimitStep> steps = new ArrayList<>();

    /**
     * Prepares a search.
     *
     * @param measure loads the server at a rate and judges what comes of it.
     * @param leastRate the search gives up below this rate, in requests a second.
     * @param precision the search ends when the lowest rate known not to hold is above the highest
     *     that holds by no more than this part of it; above 0.
     * @param mostSteps how often to measure at most.
     */
    public LimitSearch(
            DoubleFunction<LimitStep> measure, double leastRate, double precision, int mostSteps) {
        if (!(precision > 0 && precision <= 1)) {
            throw MillraceException.usage(
                    "out of range: precision=%s, limit=above 0 to 1", precision);
        }
        if (mostSteps < 1 || mostSteps > MOST_STEPS) {
            throw MillraceException.usage(
                    "out of range: mostSteps=%d, limit=1 to %d", mostSteps, MOST_STEPS);
        }
        this.measure = measure;
        this.leastRate = leastRate;
        this.precision = precision;
        this.mostSteps = mostSteps;
    }

    /**
     * Searches.
     *
     * @param firstRate where to begin, in requests a second.
     * @return all that was measured, and the rate.
     * @throws MillraceException USAGE when the search would give up before it began.
     */
    public LimitReport run(double firstRate) {
        if (!(firstRate >= leastRate)) {
            throw MillraceException.usage(
                    "too low a rate to begin at: rate=%s, limit=%s a second; raise it, or the time"
                            + " of a step",
                    firstRate, leastRate);
        }
        double holds = 0;
        double fails = Double.POSITIVE_INFINITY;
        double rate = firstRate;
        while (steps.size() < mostSteps && rate >= leastRate && !isNear(holds, fails)) {
            if (holdsAt(rate)) {
                holds = rate;
            } else {
                fails = rate;
            }
            rate = next(holds, fails);
        }
        return new LimitReport(
                holds > 0 ? OptionalDouble.of(holds) : OptionalDouble.empty(),
                fails < Double.POSITIVE_INFINITY
                        ? OptionalDouble.of(fails)
                        : OptionalDouble.empty(),
                isNear(holds, fails),
                steps);
    }

    private boolean isNear(double holds, double fails) {
        return fails <= holds * (1 + precision);
    }

    private static double next(double holds, double fails) {
        if (holds == 0) {
            return fails * FALL;
        }
        return fails == Double.POSITIVE_INFINITY ? holds * GROWTH : Math.sqrt(holds * fails);
    }

    private boolean holdsAt(double rate) {
        return step(rate) == StepVerdict.HOLDS
                || (steps.size() < mostSteps && step(rate) == StepVerdict.HOLDS);
    }

    private StepVerdict step(double rate) {
        LimitStep step = measure.apply(rate);
        steps.add(step);
        return step.verdict();
    }
}
