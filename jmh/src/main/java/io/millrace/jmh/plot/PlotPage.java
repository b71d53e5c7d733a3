package io.millrace.jmh.plot;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * Plots below each other as an SVG picture, with one legend for all. Narrow and in large letters,
 * so that it can be read on a phone.
 */
public final class PlotPage {
    private static final int WIDTH = 560;
    private static final int LEFT = 66;
    private static final int RIGHT = 20;
    private static final int HEAD = 74;
    private static final int ABOVE = 30;
    private static final int BELOW = 62;
    private static final int LEGEND_TOP = 62;
    private static final int LEGEND_STEP = 126;

    static final String STYLE =
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

    private final List<String> series;
    private final int plotHeight;
    private final StringBuilder svg = new StringBuilder();

    private PlotPage(List<String> series, int plotHeight) {
        this.series = series;
        this.plotHeight = plotHeight;
    }

    /**
     * Draws.
     *
     * @param title what was measured on.
     * @param series names of the lines, the same in all plots; four at most can be told apart.
     * @param plotHeight how high the lines' part of each plot is.
     * @param panels the plots, from the top.
     * @return the text of an SVG file; with axes only where there are no lines.
     */
    public static String draw(
            String title, List<String> series, int plotHeight, List<PlotPanel> panels) {
        return new PlotPage(series, plotHeight).draw(title, panels);
    }

    private String draw(String title, List<PlotPanel> panels) {
        int height = HEAD + panels.size() * (ABOVE + plotHeight + BELOW);
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " aria-label=\"%s\">\n",
                WIDTH, height, escape(title));
        svg.append(STYLE);
        add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", WIDTH, height);
        add("<text class=\"ink title\" x=\"14\" y=\"30\">%s</text>\n", escape(title));
        for (int i = 0; i < series.size(); i++) {
            drawLegend(i, series.get(i));
        }
        int top = HEAD;
        for (PlotPanel panel : panels) {
            top += ABOVE;
            draw(panel, top);
            top += plotHeight + BELOW;
        }
        return svg.append("</svg>\n").toString();
    }

    private void drawLegend(int index, String name) {
        double px = 24 + index * (double) LEGEND_STEP;
        drawMark(index, px, LEGEND_TOP - 5);
        add(
                "<text class=\"ink\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                px + 12, LEGEND_TOP, escape(name));
    }

    private void draw(PlotPanel panel, int top) {
        double[] xs = ends(panel.places().mapToDouble(PlotPanel.Place::x).toArray());
        double[] ys = ends(panel.places().mapToDouble(PlotPanel.Place::y).toArray());
        DoubleUnaryOperator x = at -> LEFT + (at - xs[0]) / (xs[1] - xs[0]) * plotWidth();
        DoubleUnaryOperator y =
                at -> top + plotHeight - (at - ys[0]) / (ys[1] - ys[0]) * plotHeight;
        drawXAxis(panel.x(), xs, x, top);
        drawYAxis(panel.y(), ys, y, top);
        for (int i = 0; i < panel.lines().size(); i++) {
            drawLine(i, panel.lines().get(i), x, y);
        }
    }

    private static int plotWidth() {
        return WIDTH - LEFT - RIGHT;
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

    private void drawXAxis(PlotAxis axis, double[] ends, DoubleUnaryOperator x, int top) {
        int bottom = top + plotHeight;
        double free = -Double.MAX_VALUE;
        for (PlotAxis.Tick tick : axis.ticks()) {
            if (tick.at() < ends[0] || tick.at() > ends[1]) {
                continue;
            }
            double px = x.applyAsDouble(tick.at());
            add(
                    "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
                    px, px, top, bottom);
            double half = tick.label().length() * 4.5;
            if (px - half > free) {
                add(
                        "<text class=\"muted middle\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                        px, bottom + 22, tick.label());
                free = px + half;
            }
        }
        add(
                "<text class=\"muted middle\" x=\"%d\" y=\"%d\">%s</text>\n",
                LEFT + plotWidth() / 2, bottom + 48, escape(axis.name()));
    }

    private void drawYAxis(PlotAxis axis, double[] ends, DoubleUnaryOperator y, int top) {
        for (PlotAxis.Tick tick : axis.ticks()) {
            if (tick.at() < ends[0] || tick.at() > ends[1]) {
                continue;
            }
            double py = y.applyAsDouble(tick.at());
            add(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
                    LEFT, WIDTH - RIGHT, py, py);
            add(
                    "<text class=\"muted end\" x=\"%d\" y=\"%.1f\">%s</text>\n",
                    LEFT - 8, py + 5, tick.label());
        }
        add("<text class=\"muted\" x=\"14\" y=\"%d\">%s</text>\n", top - 12, escape(axis.name()));
    }

    private void drawLine(
            int index, List<PlotPanel.Place> places, DoubleUnaryOperator x, DoubleUnaryOperator y) {
        StringBuilder line = new StringBuilder();
        for (PlotPanel.Place place : places) {
            line.append(
                    String.format(
                            Locale.ROOT,
                            "%.1f,%.1f ",
                            x.applyAsDouble(place.x()),
                            y.applyAsDouble(place.y())));
        }
        add("<polyline class=\"line s%d\" points=\"%s\"/>\n", index % 4, line.toString().strip());
        for (PlotPanel.Place place : places) {
            drawMark(index, x.applyAsDouble(place.x()), y.applyAsDouble(place.y()));
        }
    }

    /** Another shape for each series, for those who don't tell the colours apart. */
    private void drawMark(int index, double px, double py) {
        String path =
                switch (index % 4) {
                    case 0 -> "m-5 0 a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0";
                    case 1 -> "m-5 -5 h10 v10 h-10 z";
                    case 2 -> "m0 -6 l6 11 h-12 z";
                    default -> "m0 -6 l6 6 l-6 6 l-6 -6 z";
                };
        add("<path class=\"mark s%d\" d=\"M%.1f %.1f %s\"/>\n", index % 4, px, py, path);
    }

    @FormatMethod
    private void add(@FormatString String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
