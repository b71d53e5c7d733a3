package io.millrace.jmh.peers;

import io.millrace.jmh.plot.PlotAxis;
import io.millrace.jmh.plot.PlotPage;
import io.millrace.jmh.plot.PlotPanel;

import java.util.Arrays;
import java.util.List;

/**
 * Speed over recall as an SVG picture: one line for each engine, recalls spread towards 1, speeds
 * by factors.
 */
final class CurvePlot {
    private static final int PLOT_HEIGHT = 434;

    /** What is recalled wholly has no place on such an axis, and is drawn here. */
    private static final double HIGHEST_RECALL = 0.9999;

    private static final double[] RECALL_TICKS = {
        0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, HIGHEST_RECALL
    };

    private CurvePlot() {}

    /**
     * Draws.
     *
     * @param title what was measured on.
     * @return the text of an SVG file; with axes only where no engine came so far.
     */
    static String draw(List<PeerRun> runs, String title, int k) {
        PlotPanel panel =
                new PlotPanel(
                        recallAxis(k),
                        PlotAxis.decades("queries/s, one thread", 1, 2, 5),
                        runs.stream().map(run -> line(run.curve())).toList());
        return PlotPage.draw(
                title, runs.stream().map(PeerRun::name).toList(), PLOT_HEIGHT, List.of(panel));
    }

    private static PlotAxis recallAxis(int k) {
        return new PlotAxis(
                "recall@" + k,
                Arrays.stream(RECALL_TICKS)
                        .mapToObj(recall -> new PlotAxis.Tick(spread(recall), label(recall)))
                        .toList());
    }

    private static String label(double recall) {
        return recall + (recall == HIGHEST_RECALL ? "+" : "");
    }

    /** Equal distances are equal factors of what is missing. */
    private static double spread(double recall) {
        return -Math.log10(1 - Math.min(recall, HIGHEST_RECALL));
    }

    private static List<PlotPanel.Place> line(RecallCurve curve) {
        return curve.points().stream()
                .map(
                        point ->
                                new PlotPanel.Place(
                                        spread(point.recall()),
                                        Math.log10(point.queriesPerSecond())))
                .toList();
    }
}
