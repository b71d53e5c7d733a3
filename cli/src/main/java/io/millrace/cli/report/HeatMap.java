package io.millrace.cli.report;

import io.millrace.cli.report.ReportData.Second;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Latency over time: a column for each second, or for several of a long run, and in it a cell for
 * each range of latency, the darker the more of the column's answers took so long. Shades are by
 * factors of about three, so that one answer in ten thousand is still seen.
 */
final class HeatMap {
    private static final int ROWS = 36;
    private static final int MOST_COLUMNS = 120;
    private static final double NS_PER_US = 1e3;

    /** The least share of a column's answers for each shade. */
    private static final double[] SHADES = {0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3};

    private final Axis y;
    private final double[] ends;
    private final int[][] shades;

    HeatMap(List<Second> seconds, Axis y) {
        this.y = y;
        int together = (seconds.size() + MOST_COLUMNS - 1) / MOST_COLUMNS;
        int columns = (seconds.size() + together - 1) / together;
        ends = new double[columns];
        shades = new int[columns][];
        for (int column = 0; column < columns; column++) {
            List<Second> own =
                    seconds.subList(
                            column * together, Math.min(seconds.size(), (column + 1) * together));
            ends[column] = own.getLast().endSeconds();
            shades[column] = shades(own);
        }
    }

    private int[] shades(List<Second> seconds) {
        long[] counts = new long[ROWS];
        for (Second second : seconds) {
            Histogram latencies = second.point().histogram();
            for (HistogramIterationValue value : latencies.recordedValues()) {
                counts[row(value.getValueIteratedTo() / NS_PER_US)] +=
                        value.getCountAtValueIteratedTo();
            }
        }
        long total = Arrays.stream(counts).sum();
        int[] column = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            column[row] = counts[row] == 0 ? -1 : shade((double) counts[row] / total);
        }
        return column;
    }

    private int row(double us) {
        return Math.min(ROWS - 1, (int) (y.place(us) * ROWS));
    }

    /** 0 for the palest. */
    static int shade(double share) {
        int shade = SHADES.length - 1;
        while (share < SHADES[shade]) {
            shade--;
        }
        return shade;
    }

    static int shadeCount() {
        return SHADES.length;
    }

    /** The shade of a cell, or -1 where no answer took so long. */
    int shadeAt(int column, int row) {
        return shades[column][row];
    }

    int columns() {
        return shades.length;
    }

    void draw(Plot plot) {
        for (int shade = 0; shade < SHADES.length; shade++) {
            List<Plot.Cell> cells = new ArrayList<>();
            for (int column = 0; column < shades.length; column++) {
                addCells(cells, column, shade);
            }
            if (!cells.isEmpty()) {
                plot.cells(cells, "h" + shade);
            }
        }
    }

    /** Cells of one shade that touch each other become one. */
    private void addCells(List<Plot.Cell> cells, int column, int shade) {
        double begin = column == 0 ? 0 : ends[column - 1];
        int row = 0;
        while (row < ROWS) {
            int from = row;
            while (row < ROWS && shades[column][row] == shade) {
                row++;
            }
            if (row > from) {
                cells.add(
                        new Plot.Cell(
                                begin, ends[column], (double) from / ROWS, (double) row / ROWS));
            }
            row++;
        }
    }
}
