package io.millrace.loadgen.limit;

import io.millrace.core.metrics.Figures;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a search for the highest rate has shown.
 *
 * @param highest the highest rate that holds, in requests a second; empty where none does.
 * @param tooHigh the lowest rate that does not; empty where none was met.
 * @param isFound whether the two are as near as asked for; if not, steps ran out, or rates fell
 *     below the least.
 * @param steps all that was measured, in the order it was.
 */
public record LimitReport(
        OptionalDouble highest, OptionalDouble tooHigh, boolean isFound, List<LimitStep> steps) {
    /** Copies the list. */
    public LimitReport {
        steps = List.copyOf(steps);
    }

    /**
     * The curve: what was measured, by rate.
     *
     * @return the lowest rate first, tries of one rate in the order they were made.
     */
    public List<LimitStep> curve() {
        return steps.stream().sorted(Comparator.comparingDouble(LimitStep::rate)).toList();
    }

    /**
     * The step that tells most of what the server can do.
     *
     * @return that of the highest rate that holds, else the last.
     */
    public LimitStep best() {
        return steps.stream()
                .filter(step -> step.verdict() == StepVerdict.HOLDS)
                .max(Comparator.comparingDouble(LimitStep::rate))
                .orElse(steps.getLast());
    }

    /**
     * Why the rate is not higher.
     *
     * @return the verdict of the lowest rate that does not hold; HOLDS where none was met.
     */
    public StepVerdict boundedBy() {
        return bounding().map(LimitStep::verdict).orElse(StepVerdict.HOLDS);
    }

    /**
     * The last try of the lowest rate that does not hold.
     *
     * @return empty where none was met.
     */
    public Optional<LimitStep> bounding() {
        return steps.stream()
                .filter(step -> step.verdict() != StepVerdict.HOLDS)
                .filter(step -> step.rate() == tooHigh.orElse(Double.NaN))
                .reduce((first, second) -> second);
    }

    /**
     * All figures by flat keys.
     *
     * @return a new object.
     */
    public Figures figures() {
        return new Figures()
                .put("highest_rate", highest.orElse(Double.NaN))
                .put("too_high_rate", tooHigh.orElse(Double.NaN))
                .put("found", isFound ? 1 : 0)
                .put("bounded_by", boundedBy().label())
                .put(
                        "bounded_by_kinds",
                        bounding().map(step -> String.join(",", step.slowKinds())).orElse(""))
                .put("steps", curve().stream().map(LimitStep::figures).toList());
    }
}
