package io.millrace.jmh.results;

/**
 * A benchmark of two runs.
 *
 * @param before as it was.
 * @param after as it is.
 * @param speed of the second beside the first.
 */
record ScorePair(BenchmarkScore before, BenchmarkScore after, SpeedRatio speed) {
    static ScorePair of(BenchmarkScore before, BenchmarkScore after) {
        return new ScorePair(before, after, SpeedRatio.of(before, after));
    }

    /** Whether both sides have forks enough to tell luck from a difference. */
    boolean hasForks() {
        return before.forks().size() > 1 && after.forks().size() > 1;
    }
}
