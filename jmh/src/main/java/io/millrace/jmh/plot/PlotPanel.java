package io.millrace.jmh.plot;

import java.util.List;
import java.util.stream.Stream;

/**
 * One plot of a page: lines over two axes. Places are numbers along the axes, such as logarithms;
 * the axes reach as far as there are any.
 *
 * @param x what goes to the right.
 * @param y what goes up.
 * @param lines one for each series of the page, in their order; may be empty.
 */
public record PlotPanel(PlotAxis x, PlotAxis y, List<List<Place>> lines) {
    /** Keeps its own lists. */
    public PlotPanel {
        lines = lines.stream().map(List::copyOf).toList();
    }

    /**
     * A point of a line.
     *
     * @param x how far to the right.
     * @param y how far up.
     */
    public record Place(double x, double y) {}

    Stream<Place> places() {
        return lines.stream().flatMap(List::stream);
    }
}
