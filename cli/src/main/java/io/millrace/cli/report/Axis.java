package io.millrace.cli.report;

import io.millrace.cli.console.Texts;

import java.util.ArrayList;
import java.util.List;

/**
 * Where values lie along an edge of a plot.
 *
 * @param min value at the beginning.
 * @param max value at the end.
 * @param isLog whether equal distances are equal factors.
 * @param ticks values that are marked.
 */
record Axis(double min, double max, boolean isLog, List<Tick> ticks) {
    /** A value that is marked. */
    record Tick(double value, String label) {}

    /** Where a value lies, 0 at the beginning and 1 at the end. */
    double place(double value) {
        double clipped = Math.min(max, Math.max(min, value));
        return isLog
                ? (Math.log(clipped) - Math.log(min)) / (Math.log(max) - Math.log(min))
                : (clipped - min) / (max - min);
    }

    /** From one round number to another, with about so many ticks. */
    static Axis linear(double min, double max, int count) {
        double span = max > min ? max - min : max == 0 ? 1 : Math.abs(max);
        double step = Math.pow(10, Math.floor(Math.log10(span / count)));
        for (double factor : new double[] {1, 2, 2.5, 5, 10}) {
            if (span / (step * factor) <= count) {
                step *= factor;
                break;
            }
        }
        double low = Math.floor(min / step) * step;
        double high = Math.ceil((max > min ? max : min + span) / step) * step;
        int digits = digits(step);
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; low + i * step <= high + step / 2; i++) {
            ticks.add(new Tick(low + i * step, Texts.number(low + i * step, Math.min(6, digits))));
        }
        return new Axis(low, high, false, List.copyOf(ticks));
    }

    /** How many behind the point a number has whose first two digits alone are not 0. */
    private static int digits(double step) {
        int digits = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
        double last = step * Math.pow(10, digits);
        return Math.abs(last - Math.rint(last)) < 1e-6 ? digits : digits + 1;
    }

    /** Microseconds by factors, marked at 1, 2 and 5 times the powers of ten. */
    static Axis micros(double min, double max) {
        double low = Math.max(0.1, min);
        double high = Math.max(max, low * 10);
        List<Tick> ticks = new ArrayList<>();
        double first = Math.pow(10, Math.floor(Math.log10(low)));
        boolean isWide = high / low > 2_000;
        double from = low;
        double to = high;
        for (double decade = first; decade <= high * 10; decade *= 10) {
            for (double factor : isWide ? new double[] {1} : new double[] {1, 2, 5}) {
                double value = decade * factor;
                if (value <= low * 1.001) {
                    from = value;
                    ticks.clear();
                }
                ticks.add(tick(value));
                if (value >= high) {
                    return new Axis(from, value, true, List.copyOf(ticks));
                }
            }
        }
        return new Axis(from, to, true, List.copyOf(ticks));
    }

    private static Tick tick(double us) {
        if (us < 1_000) {
            return new Tick(us, Texts.number(us, us < 1 ? 1 : 0) + " µs");
        }
        return us < 1e6
                ? new Tick(us, Texts.number(us / 1e3, 0) + " ms")
                : new Tick(us, Texts.number(us / 1e6, 0) + " s");
    }
}
