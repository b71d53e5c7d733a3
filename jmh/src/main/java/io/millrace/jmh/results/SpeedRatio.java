package io.millrace.jmh.results;

import io.millrace.core.random.SplitRandom;

import java.util.Arrays;
import java.util.List;

/**
 * How fast a benchmark is beside another run of it, with an interval that holds 95 of 100 times.
 * Iterations of one fork are alike, since they share a JVM and what it compiled, so the bootstrap
 * draws forks first and iterations of them then (Kalibera and Jones, Rigorous benchmarking in
 * reasonable time, ISMM 2013, section 9). Where there is one fork on a side its own luck can't be
 * told from a difference: such an interval is too narrow.
 *
 * @param ratio speed of the second by that of the first; above 1 is faster.
 * @param low lower end of the interval.
 * @param high upper end of the interval.
 */
record SpeedRatio(double ratio, double low, double high) {
    private static final int DRAWS = 4_000;
    private static final double TAIL = 0.025;

    /** What is to be said of a ratio. */
    enum Verdict {
        /** Surely slower than is tolerated. */
        SLOWER,
        /** Not surely another. */
        SAME,
        /** Surely faster by more than is tolerated. */
        FASTER
    }

    /** Holds one run against another of the same benchmark. */
    static SpeedRatio of(BenchmarkScore before, BenchmarkScore after) {
        SplitRandom random = new SplitRandom(17);
        double[] ratios = new double[DRAWS];
        for (int i = 0; i < DRAWS; i++) {
            double first = drawn(before.forks(), random);
            double second = drawn(after.forks(), random);
            ratios[i] = before.isThroughput() ? second / first : first / second;
        }
        Arrays.sort(ratios);
        double ratio =
                before.isThroughput() ? after.mean() / before.mean() : before.mean() / after.mean();
        int tail = (int) (TAIL * DRAWS);
        return new SpeedRatio(ratio, ratios[tail], ratios[DRAWS - 1 - tail]);
    }

    /** Verdict where so much of a difference is tolerated, as in 0.05. */
    Verdict verdict(double tolerance) {
        if (high < 1 - tolerance) {
            return Verdict.SLOWER;
        }
        return low > 1 + tolerance ? Verdict.FASTER : Verdict.SAME;
    }

    /** Mean of as many forks as there are, drawn with their iterations. */
    private static double drawn(List<List<Double>> forks, SplitRandom random) {
        double sum = 0;
        for (int i = 0; i < forks.size(); i++) {
            List<Double> fork = forks.get(random.nextInt(forks.size()));
            double ofFork = 0;
            for (int k = 0; k < fork.size(); k++) {
                ofFork += fork.get(random.nextInt(fork.size()));
            }
            sum += ofFork / fork.size();
        }
        return sum / forks.size();
    }
}
