package io.millrace.jmh.growth;

import io.millrace.jmh.plot.PlotAxis;
import io.millrace.jmh.plot.PlotPage;
import io.millrace.jmh.plot.PlotPanel;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What was measured as a table for Markdown and as a picture. */
final class GrowthText {
    private static final int PLOT_HEIGHT = 300;

    private GrowthText() {}

    /** A line for each point; a recall that was not reached, or passed at once, is a dash. */
    static String table(List<GrowthPoint> points, double recall) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "| rows | layout | queries/s at recall@%d %s | ef | spread | build |"
                                + " bytes/vector |%n|---:|---|---:|---:|---:|---:|---:|%n",
                        points.getFirst().k(),
                        recall));
        for (GrowthPoint point : points) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %,d | %s | %s | %s | %.2fx | %,.1f s | %,.0f |%n",
                            point.rows(),
                            point.layout(),
                            whole(point.queriesPerSecondAt(recall)),
                            whole(point.effortAt(recall)),
                            point.curve().spread().orElse(Double.NaN),
                            point.buildSeconds(),
                            point.bytesPerVector()));
        }
        return text.toString();
    }

    private static String whole(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,.0f", value);
    }

    /** Speed and build over rows, all by factors, a line for each layout. */
    static String picture(List<GrowthPoint> points, double recall) {
        GrowthPoint any = points.getFirst();
        List<String> layouts = points.stream().map(GrowthPoint::layout).distinct().toList();
        PlotAxis rows = PlotAxis.decades("rows", 1);
        PlotPanel speed =
                new PlotPanel(
                        rows,
                        PlotAxis.decades(
                                "queries/s at recall@" + any.k() + " " + recall + ", one thread",
                                1,
                                2,
                                5),
                        lines(points, layouts, point -> point.queriesPerSecondAt(recall)));
        PlotPanel build =
                new PlotPanel(
                        rows,
                        PlotAxis.decades("seconds of the build", 1),
                        lines(points, layouts, GrowthPoint::buildSeconds));
        return PlotPage.draw(
                "cost over rows of " + any.dimension() + " numbers",
                layouts,
                PLOT_HEIGHT,
                List.of(speed, build));
    }

    /** What was not measured has no place. */
    private static List<List<PlotPanel.Place>> lines(
            List<GrowthPoint> points, List<String> layouts, ToDoubleFunction<GrowthPoint> value) {
        return layouts.stream()
                .map(
                        layout ->
                                points.stream()
                                        .filter(point -> point.layout().equals(layout))
                                        .filter(point -> value.applyAsDouble(point) > 0)
                                        .map(
                                                point ->
                                                        new PlotPanel.Place(
                                                                Math.log10(point.rows()),
                                                                Math.log10(
                                                                        value.applyAsDouble(
                                                                                point))))
                                        .toList())
                .toList();
    }
}
