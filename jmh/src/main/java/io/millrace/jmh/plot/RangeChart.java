package io.millrace.jmh.plot;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

import java.util.List;
import java.util.Locale;

/** Rows below each other, each with a mark and how far it reaches to both sides, as SVG. */
public final class RangeChart {
    private static final int WIDTH = 560;
    private static final int SIDE = 24;
    private static final int HEAD = 64;
    private static final int ROW = 46;
    private static final int FOOT = 34;

    /** The least that the axis spans, so that nothing is blown up to fill it. */
    private static final double LEAST_SPAN = 0.1;

    private final StringBuilder svg = new StringBuilder();

    private RangeChart() {}

    /**
     * A row.
     *
     * @param name what it is of.
     * @param low where it begins, along the axis.
     * @param middle where its mark stands.
     * @param high where it ends.
     * @param label what is written of it.
     */
    public record Row(String name, double low, double middle, double high, String label) {}

    /**
     * Draws.
     *
     * @param title what is shown.
     * @param axis what the places mean.
     * @param rows from the top.
     * @return the text of an SVG file.
     */
    public static String draw(String title, PlotAxis axis, List<Row> rows) {
        return new RangeChart().drawAll(title, axis, rows);
    }

    private String drawAll(String title, PlotAxis axis, List<Row> rows) {
        int height = HEAD + rows.size() * ROW + FOOT;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        + " aria-label=\"%s\">\n",
                WIDTH, height, PlotPage.escape(title));
        svg.append(PlotPage.STYLE);
        add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", WIDTH, height);
        add("<text class=\"ink title\" x=\"14\" y=\"30\">%s</text>\n", PlotPage.escape(title));
        add("<text class=\"muted\" x=\"14\" y=\"52\">%s</text>\n", PlotPage.escape(axis.name()));
        double low = rows.stream().mapToDouble(Row::low).min().orElse(0);
        double high = rows.stream().mapToDouble(Row::high).max().orElse(1);
        double room = Math.max(LEAST_SPAN, high - low) * 0.05;
        double from = low - room;
        double span = high + room - from;
        for (PlotAxis.Tick tick : axis.ticks()) {
            if (tick.at() >= from && tick.at() <= from + span) {
                drawTick(x(tick.at(), from, span), tick.label(), height);
            }
        }
        int top = HEAD;
        for (Row row : rows) {
            drawRow(row, top, from, span);
            top += ROW;
        }
        return svg.append("</svg>\n").toString();
    }

    private void drawTick(double px, String label, int height) {
        add(
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
                px, px, HEAD, height - FOOT);
        add(
                "<text class=\"muted middle\" x=\"%.1f\" y=\"%d\">%s</text>\n",
                px, height - FOOT + 22, PlotPage.escape(label));
    }

    private void drawRow(Row row, int top, double from, double span) {
        add(
                "<text class=\"ink\" x=\"14\" y=\"%d\">%s</text>\n",
                top + 17, PlotPage.escape(row.name()));
        add(
                "<text class=\"muted end\" x=\"%d\" y=\"%d\">%s</text>\n",
                WIDTH - 14, top + 17, PlotPage.escape(row.label()));
        int y = top + 31;
        add(
                "<line class=\"line s0\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
                x(row.low(), from, span), x(row.high(), from, span), y, y);
        add(
                "<path class=\"mark s0\" d=\"M%.1f %d m-5 0 a5 5 0 1 0 10 0 a5 5 0 1 0 -10 0\"/>\n",
                x(row.middle(), from, span), y);
    }

    private static double x(double at, double from, double span) {
        return SIDE + (at - from) / span * (WIDTH - 2 * SIDE);
    }

    @FormatMethod
    private void add(@FormatString String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
