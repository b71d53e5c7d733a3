package io.millrace.index.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

/** The arithmetic of the model, on figures as a probe may find them. */
final class GrowthModelTest {
    @Test
    void shouldFollowTheLogarithmWhenFiguresLieOnLines() {
        GrowthModel model = GrowthModel.of(List.of(sample(5_000), sample(10_000), sample(20_000)));
        int items = 1_000_000;
        double log = Math.log(items);
        assertEquals(2 + 1.5 * log, model.reachAt(items).ef(), 1e-9);
        assertEquals(-40 + 30 * log, model.reachAt(items).visits(), 1e-9);
        // Seconds of a row, worked out by hand: 1e-5 + 4e-6 * 13.8155.
        assertEquals(65.262, model.buildSecondsAt(items), 1e-3);
    }

    private static GrowthModel.Sample sample(int rows) {
        double log = Math.log(rows);
        return new GrowthModel.Sample(
                rows, (1e-5 + 4e-6 * log) * rows, new Trial.Reach(2 + 1.5 * log, -40 + 30 * log));
    }

    @Test
    void shouldGoBetweenThePointsWhenTheyLieOnNoLine() {
        // Least squares over 0, 1, 2 times a logarithm: slope (5 - 1) / 2, mean (1 + 6 + 5) / 3.
        LogLine line =
                LogLine.through(
                        List.of(
                                new LogLine.Point(100, 1),
                                new LogLine.Point(200, 6),
                                new LogLine.Point(400, 5)));
        assertEquals(2, line.at(100), 1e-12);
        assertEquals(4, line.at(200), 1e-12);
        assertEquals(8, line.at(800), 1e-12);
    }

    @Test
    void shouldStayLevelWhenThereIsOnePointOnly() {
        LogLine line = LogLine.through(List.of(new LogLine.Point(7, 3.5)));
        assertEquals(3.5, line.at(1), 0);
        assertEquals(3.5, line.at(1_000_000), 0);
    }

    @Test
    void shouldStayLevelWhenPointsFall() {
        LogLine line =
                LogLine.through(List.of(new LogLine.Point(100, 5), new LogLine.Point(200, 3)));
        assertEquals(4, line.at(100), 1e-12);
        assertEquals(4, line.at(1_000_000), 1e-12);
    }

    @Test
    void shouldTakeTheShorterTimesWhenThereAreTwoEstimates() {
        SpeedEstimate calm = new SpeedEstimate(20, 300, 50_000, 9, 1);
        SpeedEstimate best = calm.fastest(new SpeedEstimate(20, 300, 40_000, 12, 2));
        assertEquals(new SpeedEstimate(20, 300, 40_000, 9, 1), best);
        assertEquals(25_000, best.queriesPerSecond(), 1e-9);
        assertEquals(10, best.coldBuildSeconds(), 1e-9);
    }
}
