package io.millrace.cli.report;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.Bar;
import io.millrace.cli.report.ReportData.Curve;
import io.millrace.cli.report.ReportData.FunnelStep;
import io.millrace.cli.report.ReportData.Line;
import io.millrace.cli.report.ReportData.LineGroup;
import io.millrace.cli.report.ReportData.Point;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * The pictures of a report. Plots are drawn twice, for wide and for narrow screens, and the style
 * sheet shows the one that fits.
 */
final class Charts {
    private static final int WIDE = 760;
    private static final int NARROW = 350;
    private static final double NS_PER_US = 1e3;
    private static final int CURVE_POINTS = 160;
    private static final double[] NINES = {50, 90, 99, 99.9, 99.99, 99.999};

    private Charts() {}

    /** From many to few: one row a step, the width by the power of ten. */
    static String funnel(List<FunnelStep> steps) {
        Html html = new Html();
        html.open("div", "funnel");
        for (int i = 0; i < steps.size(); i++) {
            FunnelStep step = steps.get(i);
            double top = width(step.count(), steps.getFirst().count());
            double bottom =
                    i + 1 < steps.size()
                            ? width(steps.get(i + 1).count(), steps.getFirst().count())
                            : top;
            html.open("div", "step").open("div", "shape");
            html.raw(
                    String.format(
                            Locale.ROOT,
                            "<svg viewBox=\"0 0 100 70\" preserveAspectRatio=\"none\""
                                    + " aria-hidden=\"true\"><polygon class=\"f%d\" points=\"%.1f,0"
                                    + " %.1f,0 %.1f,70 %.1f,70\"/></svg>",
                            Math.min(i, 3),
                            50 - top,
                            50 + top,
                            50 + bottom,
                            50 - bottom));
            html.close("div")
                    .open("div", "")
                    .element("b", "count", Texts.count(step.count()))
                    .raw(" ")
                    .element("span", "", step.label())
                    .element("p", "note", step.note())
                    .close("div")
                    .close("div");
        }
        return html.close("div").toString();
    }

    private static double width(long count, long most) {
        double part =
                Math.log10(Math.max(1.0, (double) count) + 1)
                        / Math.log10(Math.max(1.0, (double) most) + 1);
        return 4 + 46 * part;
    }

    /** Bars of one scale; the first may stand out. */
    static String bars(List<Bar> bars, boolean isFirstOurs) {
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        Html html = new Html();
        html.open("div", "bars");
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double percent = most > 0 ? Math.max(0, 100 * bar.value() / most) : 0;
            html.open("div", isFirstOurs && i == 0 ? "bar ours" : "bar")
                    .element("span", "name", bar.label())
                    .raw("<span class=\"track\"><i style=\"width:")
                    .raw(String.format(Locale.ROOT, "%.2f%%", percent))
                    .raw("\"></i></span>")
                    .element("span", "value", bar.text())
                    .close("div");
        }
        return html.close("div").toString();
    }

    /** Latency by percentile: each step to the right is ten times rarer. */
    static String percentiles(List<Curve> curves) {
        long most = 0;
        double max = 1;
        double min = Double.MAX_VALUE;
        for (Curve curve : curves) {
            Histogram histogram = curve.histogram();
            most = Math.max(most, histogram.getTotalCount());
            max = Math.max(max, histogram.getMaxValue() / NS_PER_US);
            min = Math.min(min, Math.max(1, histogram.getValueAtPercentile(1) / NS_PER_US));
        }
        double end = Math.min(5, Math.max(2, Math.log10(Math.max(1.0, (double) most))));
        List<Axis.Tick> ticks = new ArrayList<>();
        for (double nine : NINES) {
            double at = -Math.log10(1 - nine / 100);
            if (at <= end + 1e-6) {
                ticks.add(new Axis.Tick(at, trimmed(nine) + " %"));
            }
        }
        Axis x = new Axis(0, end, false, ticks);
        Axis y = Axis.micros(min, max);
        return legend(curves.stream().map(Curve::label).toList())
                + twice(
                        width -> {
                            Plot plot = new Plot(width, width > NARROW ? 330 : 280, x, y);
                            for (int i = 0; i < curves.size(); i++) {
                                drawCurve(plot, curves.get(i), end, series(i));
                            }
                            return plot;
                        },
                        "latency by percentile",
                        "percentile");
    }

    private static void drawCurve(Plot plot, Curve curve, double end, String series) {
        Histogram histogram = curve.histogram();
        if (histogram.getTotalCount() == 0) {
            return;
        }
        double last = Math.min(end, Math.log10((double) histogram.getTotalCount()));
        double[] xs = new double[CURVE_POINTS + 1];
        double[] ys = new double[CURVE_POINTS + 1];
        for (int i = 0; i <= CURVE_POINTS; i++) {
            xs[i] = last * i / CURVE_POINTS;
            double percentile = 100 * (1 - Math.pow(10, -xs[i]));
            ys[i] = histogram.getValueAtPercentile(percentile) / NS_PER_US;
        }
        plot.line(xs, ys, series, curve.label());
        for (double nine : NINES) {
            double at = -Math.log10(1 - nine / 100);
            if (at <= last) {
                double us = histogram.getValueAtPercentile(nine) / NS_PER_US;
                plot.dot(
                        at,
                        us,
                        series,
                        curve.label() + ", " + trimmed(nine) + " %: " + Texts.micros(us));
            }
        }
    }

    /** Lines of one scale, such as a loss by epoch. */
    static String lines(LineGroup group) {
        double[] range = {Double.MAX_VALUE, -Double.MAX_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE};
        for (Line line : group.lines()) {
            for (Point point : line.points()) {
                range[0] = Math.min(range[0], point.x());
                range[1] = Math.max(range[1], point.x());
                range[2] = Math.min(range[2], point.y());
                range[3] = Math.max(range[3], point.y());
            }
        }
        Axis x = Axis.linear(range[0], range[1], 6);
        Axis y = Axis.linear(range[2], range[3], 5);
        return legend(group.lines().stream().map(Line::label).toList())
                + twice(
                        width -> {
                            Plot plot = new Plot(width, 240, x, y);
                            for (int i = 0; i < group.lines().size(); i++) {
                                drawLine(plot, group.lines().get(i), series(i));
                            }
                            return plot;
                        },
                        group.title(),
                        group.xLabel());
    }

    private static void drawLine(Plot plot, Line line, String series) {
        plot.line(
                line.points().stream().mapToDouble(Point::x).toArray(),
                line.points().stream().mapToDouble(Point::y).toArray(),
                series,
                line.label());
        for (Point point : line.points()) {
            plot.dot(point.x(), point.y(), series, line.label() + " " + Texts.number(point.y(), 4));
        }
    }

    static String twice(IntFunction<Plot> plot, String title, String xLabel) {
        return plot.apply(WIDE).svg(title, xLabel, "plot wide")
                + plot.apply(NARROW).svg(title, xLabel, "plot narrow");
    }

    static String legend(List<String> labels) {
        if (labels.size() < 2) {
            return "";
        }
        Html html = new Html();
        html.open("ul", "legend");
        for (int i = 0; i < labels.size(); i++) {
            html.open("li", series(i)).text(labels.get(i)).close("li");
        }
        return html.close("ul").toString();
    }

    private static String series(int i) {
        return "s" + Math.min(i, 4);
    }

    private static String trimmed(double number) {
        String text = String.valueOf(number);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
