package io.millrace.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.cli.report.ReportData.Second;
import io.millrace.core.random.SplitRandom;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.SecondPoint;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class HeatMapTest {
    private static final LoadCounts NOTHING = new LoadCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    private static final int ROWS = 36;

    private static Second second(int number, List<Double> us) {
        Histogram latencies = new Histogram(3);
        us.forEach(latency -> latencies.recordValue((long) (latency * 1_000)));
        return new Second(
                SecondPoint.of(1_000L * number, NOTHING, NOTHING, latencies, 0), Double.NaN);
    }

    /** Counted one by one, with the shares of the shades written down anew. */
    @Test
    void shouldShadeByTheShareOfEachRangeInItsColumn() {
        Axis y = Axis.micros(100, 50_000);
        SplitRandom random = new SplitRandom(3);
        List<Second> seconds = new ArrayList<>();
        int[][] plain = new int[250 / 3 + 1][ROWS];
        for (int number = 1; number <= 250; number++) {
            List<Double> us = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                us.add(1_000 * Math.exp(random.nextGaussian()));
            }
            seconds.add(second(number, us));
            // What a histogram keeps of a value, which may lie in the next row.
            for (double latency : us) {
                Histogram one = new Histogram(3);
                long kept = one.highestEquivalentValue((long) (latency * 1_000));
                double part = Math.log(kept / 1e3 / y.min()) / Math.log(y.max() / y.min());
                int row = Math.clamp((int) (part * ROWS), 0, ROWS - 1);
                plain[(number - 1) / 3][row]++;
            }
        }
        HeatMap map = new HeatMap(seconds, y);
        // More than 120 seconds share columns: here three of them, and one alone.
        assertEquals(plain.length, map.columns());
        for (int column = 0; column < plain.length; column++) {
            int all = column == plain.length - 1 ? 400 : 1_200;
            for (int row = 0; row < ROWS; row++) {
                assertEquals(shade(plain[column][row], all), map.shadeAt(column, row));
            }
        }
    }

    private static int shade(int count, int all) {
        if (count == 0) {
            return -1;
        }
        double share = (double) count / all;
        if (share >= 0.1) {
            return share >= 0.3 ? 7 : 6;
        }
        if (share >= 0.01) {
            return share >= 0.03 ? 5 : 4;
        }
        return share >= 0.003 ? 3 : share >= 0.001 ? 2 : share >= 0.0003 ? 1 : 0;
    }

    @Test
    void shouldStayEmptyWhereNothingWasAnswered() {
        HeatMap map =
                new HeatMap(
                        List.of(second(1, List.of()), second(2, List.of(500.0))),
                        Axis.micros(100, 1_000));
        for (int row = 0; row < ROWS; row++) {
            assertEquals(-1, map.shadeAt(0, row));
        }
    }
}
