package io.millrace.cli.report;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.ProcessSecond;
import io.millrace.cli.report.ReportData.Second;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Pictures of a load over time, drawn as those of {@link Charts}. */
final class TimeCharts {
    /** More would run into each other. */
    private static final int MOST_DOTS = 60;

    private static final int HEIGHT = 260;
    private static final int LOW_HEIGHT = 190;
    private static final String LONGEST = "longest hiccup of the ";

    private TimeCharts() {}

    /** How often which latency was met, and the hiccups of both machines above it. */
    static String heatMap(List<Second> seconds) {
        Axis y = latencyAxis(seconds);
        Axis x = timeAxis(seconds.getLast().endSeconds());
        HeatMap map = new HeatMap(seconds, y);
        boolean isServerKnown = seconds.stream().anyMatch(s -> isFinite(s.serverHiccupUs()));
        Html legend = new Html();
        legend.open("ul", "legend").open("li", "shades");
        for (int shade = 0; shade < HeatMap.shadeCount(); shade++) {
            legend.raw("<i class=\"h" + shade + "\"></i>");
        }
        legend.text("1 in 10,000 to 3 in 10 of the answers").close("li");
        legend.element("li", "s1", LONGEST + "generator's machine");
        if (isServerKnown) {
            legend.element("li", "s3", LONGEST + "server's machine");
        }
        legend.close("ul");
        return legend
                + Charts.twice(
                        width -> {
                            Plot plot = new Plot(width, HEIGHT + 40, x, y);
                            map.draw(plot);
                            steps(plot, seconds, s -> s.point().hiccupUs(), "s1", "generator");
                            if (isServerKnown) {
                                steps(plot, seconds, Second::serverHiccupUs, "s3", "server");
                            }
                            return plot;
                        },
                        "heat map of latency over time",
                        "seconds");
    }

    private static Axis latencyAxis(List<Second> seconds) {
        double max = 1;
        double min = Double.MAX_VALUE;
        for (Second second : seconds) {
            max = Math.max(max, second.point().maxUs());
            max = Math.max(max, second.point().hiccupUs());
            max = isFinite(second.serverHiccupUs()) ? Math.max(max, second.serverHiccupUs()) : max;
            if (second.point().count() > 0) {
                min = Math.min(min, Math.max(1, second.point().p50Us()));
            }
        }
        return Axis.micros(Math.min(min, max) / 4, max);
    }

    private static Axis timeAxis(double end) {
        Axis round = Axis.linear(0, end, 8);
        // Ending where the run does leaves no empty edge.
        return new Axis(
                0,
                end,
                false,
                round.ticks().stream().filter(tick -> tick.value() <= end * 1.001).toList());
    }

    /** A level for each second. */
    private static void steps(
            Plot plot,
            List<Second> seconds,
            ToDoubleFunction<Second> value,
            String series,
            String machine) {
        double[] xs = new double[2 * seconds.size()];
        double[] ys = new double[2 * seconds.size()];
        double before = 0;
        for (int i = 0; i < seconds.size(); i++) {
            double us = value.applyAsDouble(seconds.get(i));
            xs[2 * i] = before;
            xs[2 * i + 1] = seconds.get(i).endSeconds();
            ys[2 * i] = us;
            ys[2 * i + 1] = us;
            before = xs[2 * i + 1];
        }
        plot.line(xs, ys, series + " thin", LONGEST + machine + "'s machine");
    }

    /** Percentiles of each second with the longest hiccup of any machine behind them. */
    static String percentiles(List<Second> seconds) {
        double max = 1;
        double min = Double.MAX_VALUE;
        for (Second second : seconds) {
            max = Math.max(max, Math.max(second.point().maxUs(), hiccupUs(second)));
            min =
                    second.point().count() == 0
                            ? min
                            : Math.min(min, Math.max(1, second.point().p50Us()));
        }
        Axis x = timeAxis(seconds.getLast().endSeconds());
        Axis y = Axis.micros(Math.min(min, max) / 2, max);
        return Charts.legend(
                        List.of(
                                "median",
                                "99th percentile",
                                "longest hiccup of a machine",
                                "longest"))
                + Charts.twice(
                        width -> {
                            Plot plot = new Plot(width, HEIGHT, x, y);
                            hiccups(plot, seconds);
                            line(plot, seconds, s -> s.point().p50Us(), "s0", "median");
                            line(plot, seconds, s -> s.point().p99Us(), "s1", "99th percentile");
                            line(plot, seconds, s -> s.point().maxUs(), "s3", "longest");
                            return plot;
                        },
                        "latency over time",
                        "seconds");
    }

    private static double hiccupUs(Second second) {
        return isFinite(second.serverHiccupUs())
                ? Math.max(second.point().hiccupUs(), second.serverHiccupUs())
                : second.point().hiccupUs();
    }

    private static void hiccups(Plot plot, List<Second> seconds) {
        double before = 0;
        for (Second second : seconds) {
            if (hiccupUs(second) > 0) {
                plot.column(
                        before,
                        second.endSeconds(),
                        hiccupUs(second),
                        "s2",
                        "longest hiccup " + Texts.micros(hiccupUs(second)));
            }
            before = second.endSeconds();
        }
    }

    /** Of the seconds in which anything was answered. */
    private static void line(
            Plot plot,
            List<Second> seconds,
            ToDoubleFunction<Second> value,
            String series,
            String label) {
        List<Second> answered = seconds.stream().filter(s -> s.point().count() > 0).toList();
        line(
                plot,
                answered.stream().mapToDouble(Second::endSeconds).toArray(),
                answered.stream().mapToDouble(value).toArray(),
                series,
                label,
                true);
    }

    private static void line(
            Plot plot, double[] xs, double[] ys, String series, String label, boolean isTime) {
        plot.line(xs, ys, series, label);
        for (int i = 0; i < xs.length && xs.length <= MOST_DOTS; i++) {
            if (isFinite(ys[i])) {
                String text = isTime ? Texts.micros(ys[i]) : Texts.number(ys[i], 2);
                plot.dot(xs[i], ys[i], series, label + " " + text);
            }
        }
    }

    /** What left, and what became of it. */
    static String throughput(List<Second> seconds) {
        double[] xs = seconds.stream().mapToDouble(Second::endSeconds).toArray();
        List<String> labels = List.of("answered", "refused", "sent", "errors");
        List<double[]> lines =
                List.of(
                        counts(seconds, s -> s.point().count()),
                        counts(seconds, s -> s.point().refused()),
                        counts(seconds, s -> s.point().sent()),
                        counts(seconds, s -> s.point().errors()));
        return levels(xs, labels, lines, "requests in each second");
    }

    private static double[] counts(List<Second> seconds, ToDoubleFunction<Second> count) {
        return seconds.stream().mapToDouble(count).toArray();
    }

    /** How busy both processes were, and what the host kept for others where it did. */
    static String processors(List<ProcessSecond> seconds) {
        double[] xs = seconds.stream().mapToDouble(ProcessSecond::endSeconds).toArray();
        List<String> labels = new ArrayList<>(List.of("generator"));
        List<double[]> lines = new ArrayList<>();
        lines.add(seconds.stream().mapToDouble(ProcessSecond::generator).toArray());
        double[] server = seconds.stream().mapToDouble(ProcessSecond::server).toArray();
        if (Arrays.stream(server).anyMatch(TimeCharts::isFinite)) {
            labels.add("server");
            lines.add(server);
        }
        double[] stolen = seconds.stream().mapToDouble(ProcessSecond::stolen).toArray();
        if (Arrays.stream(stolen).anyMatch(taken -> taken > 0)) {
            labels.add("taken by the host");
            lines.add(stolen);
        }
        return levels(xs, labels, lines, "processors kept busy");
    }

    private static String levels(
            double[] xs, List<String> labels, List<double[]> lines, String title) {
        double max =
                lines.stream()
                        .flatMapToDouble(Arrays::stream)
                        .filter(TimeCharts::isFinite)
                        .max()
                        .orElse(1);
        Axis x = timeAxis(xs[xs.length - 1]);
        Axis y = Axis.linear(0, Math.max(max, 1e-3), 4);
        return Charts.legend(labels)
                + Charts.twice(
                        width -> {
                            Plot plot = new Plot(width, LOW_HEIGHT, x, y);
                            for (int i = lines.size() - 1; i >= 0; i--) {
                                line(plot, xs, lines.get(i), "s" + i, labels.get(i), false);
                            }
                            return plot;
                        },
                        title,
                        "seconds");
    }

    private static boolean isFinite(double value) {
        return Double.isFinite(value);
    }
}
