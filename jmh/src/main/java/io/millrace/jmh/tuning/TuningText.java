package io.millrace.jmh.tuning;

import io.millrace.jmh.plot.PlotAxis;
import io.millrace.jmh.plot.RangeChart;

import java.util.List;
import java.util.Locale;

/** What was measured as a table for Markdown and as a picture. */
final class TuningText {
    private static final double US_PER_MS = 1e3;
    private static final double MB_PER_GB = 1024;

    private TuningText() {}

    /** A line for each variant. */
    static String table(List<TuningPoint> points, double load) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "| | answers/s at most | in the server, mean | p50 at %s of that | p99 |"
                                + " p99.9 | NDCG@10 | memory |%n"
                                + "|---|---:|---:|---:|---:|---:|---:|---:|%n",
                        load));
        for (TuningPoint point : points) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %,.0f | %s | %s | %s | %s | %s | %.2f GiB |%n",
                            name(point),
                            point.rate(),
                            ms(point.service()),
                            ms(point.p50()),
                            ms(point.p99()),
                            ms(point.p999()),
                            ndcg(point),
                            point.residentMb() / MB_PER_GB));
        }
        return text.toString();
    }

    private static String name(TuningPoint point) {
        return point.variant().isBlank() ? "(default)" : "`" + point.variant() + "`";
    }

    private static String ms(double us) {
        return String.format(Locale.ROOT, "%.2f ms", us / US_PER_MS);
    }

    private static String ndcg(TuningPoint point) {
        return Double.isNaN(point.ndcg()) ? "" : String.format(Locale.ROOT, "%.3f", point.ndcg());
    }

    /** From the median to the 99th percentile of each variant, by factors. */
    static String picture(List<TuningPoint> points, double load) {
        List<RangeChart.Row> rows =
                points.stream()
                        .map(
                                point ->
                                        new RangeChart.Row(
                                                point.variant().isBlank()
                                                        ? "(default)"
                                                        : point.variant(),
                                                at(point.p50()),
                                                at(point.p50()),
                                                at(point.p99()),
                                                label(point)))
                        .toList();
        return RangeChart.draw(
                "what settings do",
                PlotAxis.decades(
                        "ms from the intended start at "
                                + load
                                + " of the most: median (mark) to p99",
                        1,
                        2,
                        5),
                rows);
    }

    private static double at(double us) {
        return Math.log10(us / US_PER_MS);
    }

    private static String label(TuningPoint point) {
        String rate = String.format(Locale.ROOT, "%,.0f/s", point.rate());
        return Double.isNaN(point.ndcg()) ? rate : rate + ", NDCG@10 " + ndcg(point);
    }
}
