package io.millrace.index.plan;

import java.util.List;

/**
 * A figure that grows by the same amount with every doubling of the rows: a straight line over
 * their logarithm.
 *
 * @param atOne the figure at one row.
 * @param perFactorOfE how much is added where rows become e times as many.
 */
record LogLine(double atOne, double perFactorOfE) {
    /**
     * What was measured at a size.
     *
     * @param rows how many rows, from 1.
     * @param value the figure.
     */
    record Point(int rows, double value) {}

    /**
     * The line of least squares; a level one through a single point, and where that would fall, for
     * nothing gets cheaper as rows grow: a machine that was busy at the least size makes it seem
     * so.
     */
    static LogLine through(List<Point> points) {
        double meanLog = points.stream().mapToDouble(LogLine::log).average().orElseThrow();
        double meanValue = points.stream().mapToDouble(Point::value).average().orElseThrow();
        double square = 0;
        double product = 0;
        for (Point point : points) {
            double log = log(point) - meanLog;
            square += log * log;
            product += log * (point.value - meanValue);
        }
        double slope = square == 0 ? 0 : Math.max(0, product / square);
        return new LogLine(meanValue - slope * meanLog, slope);
    }

    private static double log(Point point) {
        return Math.log(point.rows);
    }

    /** The figure at a size. */
    double at(int rows) {
        return atOne + perFactorOfE * Math.log(rows);
    }
}
