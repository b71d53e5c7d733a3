package io.millrace.loadgen.limit;

import io.millrace.core.metrics.Figures;

import java.util.List;

/**
 * What a server does at given parts and multiples of what it can answer at full effort.
 *
 * @param saturation requests a second that it answered at most when nobody else asked.
 * @param steps what each rate has shown, in the order it was tried.
 */
public record LoadCurve(double saturation, List<LimitStep> steps) {
    /** Copies the list. */
    public LoadCurve {
        steps = List.copyOf(steps);
    }

    /**
     * The largest goodput.
     *
     * @return OK answers a second that came by their deadline.
     */
    public double peak() {
        return steps.stream().mapToDouble(step -> step.report().goodputPerSecond()).max().orElse(0);
    }

    /**
     * The part of the largest goodput that is left at the highest rate.
     *
     * @return at most 1.
     */
    public double kept() {
        return peak() == 0 ? 0 : highest().report().goodputPerSecond() / peak();
    }

    /**
     * The step of the highest rate.
     *
     * @return the first of those.
     */
    public LimitStep highest() {
        LimitStep highest = steps.getFirst();
        for (LimitStep step : steps) {
            highest = step.rate() > highest.rate() ? step : highest;
        }
        return highest;
    }

    /**
     * All figures by flat keys.
     *
     * @return a new object.
     */
    public Figures figures() {
        return new Figures()
                .put("saturation_rate", saturation)
                .put("peak_goodput", peak())
                .put("goodput_kept", kept())
                .put("steps", steps.stream().map(this::figures).toList());
    }

    private Figures figures(LimitStep step) {
        return step.figures().put("load", step.rate() / saturation);
    }
}
