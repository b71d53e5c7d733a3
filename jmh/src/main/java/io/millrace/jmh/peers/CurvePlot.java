package io.millrace.jmh.peers;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * Speed over recall as an SVG picture: one line for each engine, recalls spread towards 1, speeds
 * by factors. Narrow and in large letters, so that it can be read on a phone.
 */
final class CurvePlot {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 600;
    private static final int LEFT = 66;
    private static final int RIGHT = 20;
    private static final int TOP = 104;
    private static final int BOTTOM = 62;
    private static final int LEGEND_TOP = 62;
    private static final int LEGEND_STEP = 126;

    /** What is recalled wholly has no place on such an axis, and is drawn here. */
    private static final double HIGHEST_RECALL = 0.9999;

    private static final double[] RECALL_TICKS = {
        0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, HIGHEST_RECALL
    };
    private static final double[] SPEED_STEPS = {1, 2, 5};

    private static final String STYLE =
            """
            <style>
              .page { fill: #ffffff } .ink { fill: #191c20 } .muted { fill: #626a75 }
              .grid { stroke: #dfe3e9; stroke-width: 1 }
              .s0 { --c: #1d5fd1 } .s1 { --c: #c2410c } .s2 { --c: #0f766e } .s3 { --c: #7c3aed }
              @media (prefers-color-scheme: dark) {
                .page { fill: #181c23 } .ink { fill: #e7eaee } .muted { fill: #9aa4b1 }
                .grid { stroke: #2b313b }
                .s0 { --c: #6ea8ff } .s1 { --c: #fb9a5b } .s2 { --c: #3fc9b6 } .s3 { --c: #b69bff }
              }
              text { font: 15px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
              .title { font-size: 19px; font-weight: 600 }
              .end { text-anchor: end } .middle { text-anchor: middle }
              .line { fill: none; stroke: var(--c); stroke-width: 2.5; stroke-linejoin: round }
              .mark { fill: var(--c) }
            </style>
            """;

    private final List<PeerRun> runs;
    private final String title;
    private final int k;
    private final StringBuilder svg = new StringBuilder();

    private CurvePlot(List<PeerRun> runs, String title, int k) {
        this.runs = runs;
        this.title = title;
        this.k = k;
    }

    /**
     * Draws.
     *
     * @param title what was measured on.
     * @return the text of an SVG file; with axes only where no engine came so far.
     */
    static String draw(List<PeerRun> runs, String title, int k) {
        return new CurvePlot(runs, title, k).draw();
    }

    private String draw() {
        List<RecallCurve> curves = runs.stream().map(PeerRun::curve).toList();
        List<RecallCurve.Point> points =
                curves.stream().flatMap(curve -> curve.points().stream()).toList();
        double[] recalls =
                ends(points.stream().mapToDouble(point -> spread(point.recall())).toArray());
        double[] speeds =
                ends(
                        points.stream()
                                .mapToDouble(point -> Math.log10(point.queriesPerSecond()))
                                .toArray());
        DoubleUnaryOperator x =
                spread -> LEFT + (spread - recalls[0]) / (recalls[1] - recalls[0]) * plotWidth();
        DoubleUnaryOperator y =
                log ->
                        HEIGHT
                                - BOTTOM
                                - (log - speeds[0])
                                        / (speeds[1] - speeds[0])
                                        * (HEIGHT - TOP - BOTTOM);
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " aria-label=\"%s\">\n",
                WIDTH, HEIGHT, escape(title));
        svg.append(STYLE);
        add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", WIDTH, HEIGHT);
        add("<text class=\"ink title\" x=\"14\" y=\"30\">%s</text>\n", escape(title));
        drawRecallAxis(recalls, x);
        drawSpeedAxis(speeds, y);
        for (int i = 0; i < curves.size(); i++) {
            drawLegend(i, runs.get(i).name());
            drawCurve(i, curves.get(i), x, y);
        }
        return svg.append("</svg>\n").toString();
    }

    private static int plotWidth() {
        return WIDTH - LEFT - RIGHT;
    }

    /** Equal distances are equal factors of what is missing. */
    private static double spread(double recall) {
        return -Math.log10(1 - Math.min(recall, HIGHEST_RECALL));
    }

    /** The least and the largest with some room, also where there are none. */
    private static double[] ends(double[] values) {
        double min = Double.MAX_VALUE;
        double max = -Double.MAX_VALUE;
        for (double value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        if (min > max) {
            return new double[] {0, 1};
        }
        double room = Math.max(0.05, (max - min) * 0.05);
        return new double[] {min - room, max + room};
    }

    private void drawRecallAxis(double[] ends, DoubleUnaryOperator x) {
        double free = -Double.MAX_VALUE;
        for (double recall : RECALL_TICKS) {
            double at = spread(recall);
            if (at < ends[0] || at > ends[1]) {
                continue;
            }
            double px = x.applyAsDouble(at);
            add(
                    "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
                    px, px, TOP, HEIGHT - BOTTOM);
            String label = recall + (recall == HIGHEST_RECALL ? "+" : "");
            double half = label.length() * 4.5;
            if (px - half > free) {
                add(
                        "<text class=\"muted middle\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                        px, HEIGHT - BOTTOM + 22, label);
                free = px + half;
            }
        }
        add(
                "<text class=\"muted middle\" x=\"%d\" y=\"%d\">recall@%d</text>\n",
                LEFT + plotWidth() / 2, HEIGHT - 14, k);
    }

    private void drawSpeedAxis(double[] ends, DoubleUnaryOperator y) {
        for (int decade = (int) Math.floor(ends[0]); decade <= ends[1]; decade++) {
            for (double step : SPEED_STEPS) {
                double speed = step * Math.pow(10, decade);
                double at = Math.log10(speed);
                if (at < ends[0] || at > ends[1]) {
                    continue;
                }
                double py = y.applyAsDouble(at);
                add(
                        "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
                        LEFT, WIDTH - RIGHT, py, py);
                add(
                        "<text class=\"muted end\" x=\"%d\" y=\"%.1f\">%s</text>\n",
                        LEFT - 8, py + 5, speedLabel(speed));
            }
        }
        add("<text class=\"muted\" x=\"14\" y=\"%d\">queries/s, one thread</text>\n", TOP - 12);
    }

    private static String speedLabel(double speed) {
        return speed < 1_000
                ? String.format(Locale.ROOT, "%.0f", speed)
                : String.format(Locale.ROOT, "%.0fk", speed / 1_000);
    }

    private void drawLegend(int series, String name) {
        double px = 24 + series * (double) LEGEND_STEP;
        drawMark(series, px, LEGEND_TOP - 5);
        add(
                "<text class=\"ink\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                px + 12, LEGEND_TOP, escape(name));
    }

    private void drawCurve(
            int series, RecallCurve curve, DoubleUnaryOperator x, DoubleUnaryOperator y) {
        List<double[]> places = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (RecallCurve.Point point : curve.points()) {
            double[] place = {
                x.applyAsDouble(spread(point.recall())),
                y.applyAsDouble(Math.log10(point.queriesPerSecond()))
            };
            places.add(place);
            line.append(String.format(Locale.ROOT, "%.1f,%.1f ", place[0], place[1]));
        }
        add("<polyline class=\"line s%d\" points=\"%s\"/>\n", series % 4, line.toString().strip());
        for (double[] place : places) {
            drawMark(series, place[0], place[1]);
        }
    }

    /** Another shape for each engine, for those who don't tell the colours apart. */
    private void drawMark(int series, double px, double py) {
        String path =
                switch (series % 4) {
                    case 0 -> "m-5 0 a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0";
                    case 1 -> "m-5 -5 h10 v10 h-10 z";
                    case 2 -> "m0 -6 l6 11 h-12 z";
                    default -> "m0 -6 l6 6 l-6 6 l-6 -6 z";
                };
        add("<path class=\"mark s%d\" d=\"M%.1f %.1f %s\"/>\n", series % 4, px, py, path);
    }

    @FormatMethod
    private void add(@FormatString String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
