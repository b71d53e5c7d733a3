package io.millrace.loadgen.compare;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Whether two runs differ, by the moving-block bootstrap (Künsch: The jackknife and the bootstrap
 * for general stationary observations, Annals of Statistics 1989): runs are made up of the seconds
 * of each, drawn with replacement in blocks of consecutive ones, because what slows a second slows
 * the next. The bounds hold 95 % of the ratios of such runs. They know of what changed within the
 * runs only, not of what may differ from one hour to another: repeat the runs in turn.
 *
 * <p>Threading: stateless.
 */
public final class RunComparison {
    /** Fewer seconds tell nothing of how much seconds differ. */
    private static final int LEAST_INTERVALS = 10;

    /** A percentile with fewer latencies beyond it is where a few of them happened to be. */
    private static final int LEAST_BEYOND = 10;

    private static final int DRAWS = 2_000;
    private static final double LOWER = 0.025;
    private static final double UPPER = 0.975;

    private RunComparison() {}

    /**
     * A figure of two runs.
     *
     * @param figure which.
     * @param first of the first run, in the unit of its log.
     * @param second of the second run.
     * @param low lower bound of second by first.
     * @param high upper bound of second by first.
     */
    public record Difference(
            RunFigure figure, double first, double second, double low, double high) {
        /**
         * How many times the first the second is.
         *
         * @return the ratio.
         */
        public double ratio() {
            return second / first;
        }

        /**
         * Whether the runs differ in it.
         *
         * @return true when the bounds lie on one side of 1.
         */
        public boolean isSeen() {
            return low > 1 || high < 1;
        }
    }

    /**
     * Reads a run that is long enough.
     *
     * @param file figures or interval log of it.
     * @return the run.
     * @throws MillraceException as {@link IntervalRun#read}, BAD_INPUT when it is too short.
     */
    public static IntervalRun read(Path file) {
        IntervalRun run = IntervalRun.read(file);
        if (run.intervals() < LEAST_INTERVALS) {
            throw MillraceException.of(
                    ErrorCode.BAD_INPUT,
                    "a run too short to be compared: file=%s, seconds=%d, least=%d; load for"
                            + " longer",
                    file,
                    run.intervals(),
                    LEAST_INTERVALS);
        }
        return run;
    }

    /**
     * Compares two runs.
     *
     * @param first a run.
     * @param second another.
     * @param seed of the draws.
     * @return figures of which there is enough to compare.
     * @throws MillraceException BAD_INPUT when one is of a closed loop and the other of an open
     *     one, whose latencies count from other moments.
     */
    public static List<Difference> of(IntervalRun first, IntervalRun second, long seed) {
        if (first.underWay() > 0 != second.underWay() > 0) {
            throw MillraceException.of(
                    ErrorCode.BAD_INPUT,
                    "a closed loop beside an open one: A is %s, B is %s; latencies of a closed loop"
                            + " leave out the time that requests would have waited, compare two"
                            + " runs of one kind",
                    loop(first),
                    loop(second));
        }
        Map<RunFigure, double[]> ratios = ratios(first, second, new SplitRandom(seed));
        IntervalRun.Tally one = first.tally();
        IntervalRun.Tally other = second.tally();
        long least = Math.min(one.total(), other.total());
        List<Difference> differences = new ArrayList<>();
        ratios.forEach(
                (figure, drawn) -> {
                    if (figure.beyond(least) >= LEAST_BEYOND) {
                        Arrays.sort(drawn);
                        differences.add(
                                new Difference(
                                        figure,
                                        figure.of(one),
                                        figure.of(other),
                                        drawn[(int) (LOWER * DRAWS)],
                                        drawn[(int) (UPPER * DRAWS)]));
                    }
                });
        return differences;
    }

    private static String loop(IntervalRun run) {
        return run.underWay() > 0 ? "closed" : "open";
    }

    private static Map<RunFigure, double[]> ratios(
            IntervalRun first, IntervalRun second, SplitRandom random) {
        Map<RunFigure, double[]> ratios = new EnumMap<>(RunFigure.class);
        for (RunFigure figure : RunFigure.values()) {
            ratios.put(figure, new double[DRAWS]);
        }
        for (int draw = 0; draw < DRAWS; draw++) {
            int at = draw;
            IntervalRun.Tally one = first.tally(resample(first.intervals(), random));
            IntervalRun.Tally other = second.tally(resample(second.intervals(), random));
            ratios.forEach((figure, drawn) -> drawn[at] = figure.of(other) / figure.of(one));
        }
        return ratios;
    }

    /** How often each interval is drawn, in blocks as long as the cube root of all. */
    static int[] resample(int intervals, SplitRandom random) {
        int block = Math.max(1, (int) Math.round(Math.cbrt(intervals)));
        int[] times = new int[intervals];
        int drawn = 0;
        while (drawn < intervals) {
            int from = random.nextInt(intervals);
            for (int i = 0; i < block && drawn < intervals; i++) {
                times[(from + i) % intervals]++;
                drawn++;
            }
        }
        return times;
    }
}
