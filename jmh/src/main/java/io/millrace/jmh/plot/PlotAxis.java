package io.millrace.jmh.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an axis means.
 *
 * @param name what is along it, with its unit.
 * @param ticks places that are marked, ascending; those beyond the ends are left out.
 */
public record PlotAxis(String name, List<Tick> ticks) {
    private static final int FIRST_DECADE = -3;
    private static final int LAST_DECADE = 12;

    /** Keeps its own list. */
    public PlotAxis {
        ticks = List.copyOf(ticks);
    }

    /**
     * A place that is marked.
     *
     * @param at the place.
     * @param label what stands there.
     */
    public record Tick(double at, String label) {}

    /**
     * An axis of decimal logarithms.
     *
     * @param name what is along it, with its unit.
     * @param steps what is marked of each decade, from 1 to below 10.
     * @return an axis for places from a thousandth up.
     */
    public static PlotAxis decades(String name, double... steps) {
        List<Tick> ticks = new ArrayList<>();
        for (int decade = FIRST_DECADE; decade <= LAST_DECADE; decade++) {
            for (double step : steps) {
                double value = step * Math.pow(10, decade);
                ticks.add(new Tick(Math.log10(value), label(value)));
            }
        }
        return new PlotAxis(name, ticks);
    }

    /** As in 0.02, 50, 20k, 1M. */
    private static String label(double value) {
        if (value < 0.9) {
            return String.format(Locale.ROOT, "%.3f", value).replaceFirst("0+$", "");
        }
        if (value < 999) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return value < 999_999
                ? String.format(Locale.ROOT, "%.0fk", value / 1e3)
                : String.format(Locale.ROOT, "%,.0fM", value / 1e6);
    }
}
