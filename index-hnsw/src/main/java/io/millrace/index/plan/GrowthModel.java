package io.millrace.index.plan;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How cost grows with the count of rows. A greedy walk to a neighbourhood has a length that grows
 * like the logarithm of the rows, and so do the effort that keeps a recall, the rows that are
 * visited with it, and the time to insert one more row: each is a straight line over that
 * logarithm.
 *
 * @param ef effort that the recall needs.
 * @param visits rows that such a search visits.
 * @param rowSeconds time of the build for each row.
 */
record GrowthModel(LogLine ef, LogLine visits, LogLine rowSeconds) {
    /**
     * What was measured of one small index.
     *
     * @param rows how many rows it has.
     * @param buildSeconds wall time of the build.
     * @param reach what searches of it need.
     */
    record Sample(int rows, double buildSeconds, Trial.Reach reach) {}

    /** The lines through what was measured. */
    static GrowthModel of(List<Sample> samples) {
        return new GrowthModel(
                line(samples, sample -> sample.reach.ef()),
                line(samples, sample -> sample.reach.visits()),
                line(samples, sample -> sample.buildSeconds / sample.rows));
    }

    private static LogLine line(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return LogLine.through(
                samples.stream()
                        .map(sample -> new LogLine.Point(sample.rows, value.applyAsDouble(sample)))
                        .toList());
    }

    /** What the recall will need at a size. */
    Trial.Reach reachAt(int rows) {
        return new Trial.Reach(ef.at(rows), visits.at(rows));
    }

    /** Wall time of the build at a size. */
    double buildSecondsAt(int rows) {
        return rowSeconds.at(rows) * rows;
    }
}
