package io.millrace.jmh.peers;

import io.millrace.jmh.Median;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * Speed over recall: for each effort the medians of its rounds.
 *
 * @param points by effort, ascending.
 */
public record RecallCurve(List<Point> points) {
    /**
     * One effort.
     *
     * @param ef the effort.
     * @param recall part of the true neighbours that was found.
     * @param queriesPerSecond searches of one thread.
     * @param spread how many times the slowest round the fastest was.
     */
    public record Point(int ef, double recall, double queriesPerSecond, double spread) {
        /** An effort of a single round. */
        public Point(int ef, double recall, double queriesPerSecond) {
            this(ef, recall, queriesPerSecond, 1);
        }
    }

    /** Keeps its own list. */
    public RecallCurve {
        points = List.copyOf(points);
    }

    /**
     * Takes the medians.
     *
     * @param measured the points of all rounds, in any order.
     * @return a point for each effort.
     */
    public static RecallCurve ofRounds(List<Point> measured) {
        Map<Integer, List<Point>> byEffort = new TreeMap<>();
        for (Point point : measured) {
            byEffort.computeIfAbsent(point.ef(), ef -> new ArrayList<>()).add(point);
        }
        List<Point> points = new ArrayList<>();
        byEffort.forEach(
                (ef, rounds) ->
                        points.add(
                                new Point(
                                        ef,
                                        median(rounds, Point::recall),
                                        median(rounds, Point::queriesPerSecond),
                                        spread(rounds))));
        return new RecallCurve(points);
    }

    private static double spread(List<Point> rounds) {
        DoubleSummaryStatistics speeds =
                rounds.stream().mapToDouble(Point::queriesPerSecond).summaryStatistics();
        return speeds.getMax() / speeds.getMin();
    }

    private static double median(List<Point> rounds, ToDoubleFunction<Point> value) {
        return Median.of(rounds.stream().mapToDouble(value));
    }

    /**
     * The speed at a recall, between the two measured points around it: the logarithm of the speed
     * is taken for linear in the recall. Where the curve passes more than once, the fastest.
     *
     * @param recall from 0 to 1.
     * @return queries per second; nothing where no measured points lie around that recall.
     */
    public OptionalDouble speedAt(double recall) {
        return valuesAt(recall, Point::queriesPerSecond).max();
    }

    /**
     * The effort that a recall takes, between the same points, by the logarithm as well. Where the
     * curve passes more than once, the least.
     *
     * @param recall from 0 to 1.
     * @return the effort; nothing where no measured points lie around that recall.
     */
    public OptionalDouble effortAt(double recall) {
        return valuesAt(recall, Point::ef).min();
    }

    private DoubleStream valuesAt(double recall, ToDoubleFunction<Point> value) {
        DoubleStream.Builder values = DoubleStream.builder();
        for (int i = 0; i < points.size(); i++) {
            // A single point is its own neighbour.
            Point a = points.get(Math.max(0, i - 1));
            Point b = points.get(i);
            if (a.recall() == recall && b.recall() == recall) {
                values.add(value.applyAsDouble(a)).add(value.applyAsDouble(b));
            } else if ((a.recall() - recall) * (b.recall() - recall) <= 0) {
                double part = (recall - a.recall()) / (b.recall() - a.recall());
                values.add(between(value.applyAsDouble(a), value.applyAsDouble(b), part));
            }
        }
        return values.build();
    }

    private static double between(double a, double b, double part) {
        return Math.exp((1 - part) * Math.log(a) + part * Math.log(b));
    }

    /**
     * How steady the machine was: the median of the spreads of all efforts.
     *
     * @return from 1; nothing where nothing was measured.
     */
    public OptionalDouble spread() {
        return points.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Median.of(points.stream().mapToDouble(Point::spread)));
    }

    /** Whether even the least effort recalls more. */
    boolean startsAbove(double recall) {
        return !points.isEmpty() && points.stream().allMatch(point -> point.recall() > recall);
    }
}
