package io.millrace.cli.report;

import static io.millrace.cli.report.Html.coordinate;

import java.util.List;

/**
 * A plot with two axes as SVG, at a given width in pixels so that its text stays readable there.
 */
final class Plot {
    private static final int LEFT = 58;
    private static final int RIGHT = 14;
    private static final int TOP = 10;
    private static final int BOTTOM = 40;

    private final int width;
    private final int height;
    private final Axis x;
    private final Axis y;
    private final Html marks = new Html();

    Plot(int width, int height, Axis x, Axis y) {
        this.width = width;
        this.height = height;
        this.x = x;
        this.y = y;
    }

    /**
     * A part of the picture.
     *
     * @param fromX where it begins.
     * @param toX where it ends.
     * @param low its bottom, as a part of the height.
     * @param high its top.
     */
    record Cell(double fromX, double toX, double low, double high) {}

    /** Fills parts of the picture. */
    Plot cells(List<Cell> cells, String shade) {
        marks.raw("<path class=\"cell " + shade + "\" d=\"");
        for (Cell cell : cells) {
            marks.raw("M" + coordinate(xOf(cell.fromX)) + " " + coordinate(yAt(cell.high)));
            marks.raw("H" + coordinate(xOf(cell.toX)) + "V" + coordinate(yAt(cell.low)));
            marks.raw("H" + coordinate(xOf(cell.fromX)) + "Z");
        }
        marks.raw("\"/>");
        return this;
    }

    /** Draws a line through points; the colour is that of the series. */
    Plot line(double[] xs, double[] ys, String series, String label) {
        marks.raw("<polyline class=\"line " + series + "\" points=\"");
        for (int i = 0; i < xs.length; i++) {
            if (Double.isFinite(ys[i])) {
                marks.raw(coordinate(xOf(xs[i])) + "," + coordinate(yOf(ys[i])) + " ");
            }
        }
        marks.raw("\"><title>").text(label).raw("</title></polyline>");
        return this;
    }

    /** Draws a dot. */
    Plot dot(double atX, double atY, String series, String label) {
        marks.raw(
                "<circle class=\"dot "
                        + series
                        + "\" r=\"3\" cx=\""
                        + coordinate(xOf(atX))
                        + "\" cy=\""
                        + coordinate(yOf(atY))
                        + "\"><title>");
        marks.text(label).raw("</title></circle>");
        return this;
    }

    /** Draws a column from the bottom. */
    Plot column(double fromX, double toX, double toY, String series, String label) {
        double top = yOf(toY);
        marks.raw(
                "<rect class=\"column "
                        + series
                        + "\" x=\""
                        + coordinate(xOf(fromX))
                        + "\" width=\""
                        + coordinate(Math.max(0.5, xOf(toX) - xOf(fromX)))
                        + "\" y=\""
                        + coordinate(top)
                        + "\" height=\""
                        + coordinate(height - BOTTOM - top)
                        + "\"><title>");
        marks.text(label).raw("</title></rect>");
        return this;
    }

    /** The finished picture. */
    String svg(String title, String xLabel, String classes) {
        Html svg = new Html();
        svg.raw(
                "<svg class=\""
                        + classes
                        + "\" viewBox=\"0 0 "
                        + width
                        + " "
                        + height
                        + "\" role=\"img\" aria-label=\"");
        svg.text(title).raw("\">");
        drawAxes(svg, xLabel);
        return svg.raw(marks.toString()).raw("</svg>").toString();
    }

    private void drawAxes(Html svg, String xLabel) {
        for (Axis.Tick tick : y.ticks()) {
            String at = coordinate(yOf(tick.value()));
            svg.raw(
                    "<line class=\"grid\" x1=\""
                            + LEFT
                            + "\" x2=\""
                            + (width - RIGHT)
                            + "\" y1=\""
                            + at
                            + "\" y2=\""
                            + at
                            + "\"/><text class=\"tick end\" x=\""
                            + (LEFT - 8)
                            + "\" y=\""
                            + at
                            + "\" dy=\"0.35em\">");
            svg.text(tick.label()).raw("</text>");
        }
        for (Axis.Tick tick : x.ticks()) {
            String at = coordinate(xOf(tick.value()));
            svg.raw(
                    "<line class=\"grid\" x1=\""
                            + at
                            + "\" x2=\""
                            + at
                            + "\" y1=\""
                            + TOP
                            + "\" y2=\""
                            + (height - BOTTOM)
                            + "\"/><text class=\"tick middle\" x=\""
                            + at
                            + "\" y=\""
                            + (height - BOTTOM + 16)
                            + "\">");
            svg.text(tick.label()).raw("</text>");
        }
        svg.raw(
                "<text class=\"tick middle\" x=\""
                        + (LEFT + (width - LEFT - RIGHT) / 2)
                        + "\" y=\""
                        + (height - 6)
                        + "\">");
        svg.text(xLabel).raw("</text>");
    }

    private double xOf(double value) {
        return LEFT + x.place(value) * (width - LEFT - RIGHT);
    }

    private double yOf(double value) {
        return yAt(y.place(value));
    }

    private double yAt(double part) {
        return height - BOTTOM - part * (height - BOTTOM - TOP);
    }
}
