package io.millrace.jmh.results;

import io.millrace.jmh.plot.PlotAxis;
import io.millrace.jmh.plot.RangeChart;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Tables and pictures of results. */
final class ResultsText {
    private ResultsText() {}

    /** A line for each benchmark: time of an operation, and how far its forks lie apart. */
    static String table(List<BenchmarkScore> scores) {
        StringBuilder table = new StringBuilder();
        table.append("| benchmark | time of an operation | forks lie apart by |\n|---|---|---|\n");
        for (BenchmarkScore score : scores) {
            double[] ends = forkEnds(score);
            table.append("| ").append(score.key());
            table.append(" | ").append(time(score.secondsPerOperation()));
            table.append(
                    score.forks().size() == 1
                            ? " | one fork |\n"
                            : String.format(Locale.ROOT, " | %.2fx |%n", ends[1] / ends[0]));
        }
        return table.toString();
    }

    /** A row for each benchmark over decades of seconds, from its fastest fork to its slowest. */
    static String picture(List<BenchmarkScore> scores) {
        List<RangeChart.Row> rows = new ArrayList<>();
        for (BenchmarkScore score : scores) {
            double[] ends = forkEnds(score);
            double middle = score.secondsPerOperation();
            rows.add(
                    new RangeChart.Row(
                            score.key(),
                            Math.log10(ends[0] * 1e6),
                            Math.log10(middle * 1e6),
                            Math.log10(ends[1] * 1e6),
                            time(middle)));
        }
        return RangeChart.draw("Time of an operation", PlotAxis.decades("microseconds", 1), rows);
    }

    /** A line for each benchmark of two runs. */
    static String table(Collection<ScorePair> compared, double tolerance) {
        StringBuilder table = new StringBuilder();
        table.append(
                "| benchmark | before | after | speed | 95 % | |\n|---|---|---|---|---|---|\n");
        for (ScorePair each : sorted(compared)) {
            SpeedRatio speed = each.speed();
            table.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %s | %.3fx | %.3f to %.3f | %s%s |%n",
                            each.before().key(),
                            time(each.before().secondsPerOperation()),
                            time(each.after().secondsPerOperation()),
                            speed.ratio(),
                            speed.low(),
                            speed.high(),
                            speed.verdict(tolerance).name().toLowerCase(Locale.ROOT),
                            each.hasForks() ? "" : ", of one fork"));
        }
        return table.toString();
    }

    /** A row for each benchmark of two runs over their ratio. */
    static String picture(Collection<ScorePair> compared) {
        List<PlotAxis.Tick> ticks = new ArrayList<>();
        for (double at : new double[] {0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 4}) {
            ticks.add(new PlotAxis.Tick(Math.log(at), trimmed(at)));
        }
        List<RangeChart.Row> rows =
                sorted(compared).stream()
                        .map(
                                each ->
                                        new RangeChart.Row(
                                                each.before().key(),
                                                Math.log(each.speed().low()),
                                                Math.log(each.speed().ratio()),
                                                Math.log(each.speed().high()),
                                                String.format(
                                                        Locale.ROOT,
                                                        "%.3fx",
                                                        each.speed().ratio())))
                        .toList();
        return RangeChart.draw(
                "Speed beside the run before",
                new PlotAxis("times as fast, with 95 % intervals", ticks),
                rows);
    }

    private static List<ScorePair> sorted(Collection<ScorePair> compared) {
        return compared.stream()
                .sorted(Comparator.comparingDouble(each -> each.speed().ratio()))
                .toList();
    }

    /** Times of an operation in the fastest and the slowest fork. */
    private static double[] forkEnds(BenchmarkScore score) {
        double scale = score.secondsPerOperation();
        double mean = score.mean();
        double[] ends = {Double.MAX_VALUE, 0};
        for (List<Double> fork : score.forks()) {
            double ratio = BenchmarkScore.mean(fork) / mean;
            double seconds = score.isThroughput() ? scale / ratio : scale * ratio;
            ends[0] = Math.min(ends[0], seconds);
            ends[1] = Math.max(ends[1], seconds);
        }
        return ends;
    }

    private static String time(double seconds) {
        double value = seconds * 1e9;
        String[] units = {"ns", "us", "ms", "s"};
        int unit = 0;
        while (unit < units.length - 1 && value >= 1_000) {
            value /= 1_000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.3g %s", value, units[unit]);
    }

    private static String trimmed(double value) {
        String text = String.valueOf(value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
