package io.millrace.cli.report;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the longest hiccup of each interval from a hiccup log. */
final class HiccupSeries {
    private static final double NS_PER_US = 1e3;
    private static final double MS_PER_SECOND = 1e3;

    private HiccupSeries() {}

    /** The longest hiccup of an interval that ended so many seconds after the log began. */
    record Interval(double endSeconds, double maxUs) {}

    static List<Interval> read(Path log) {
        List<Interval> intervals = new ArrayList<>();
        if (!Files.isRegularFile(log)) {
            return intervals;
        }
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            double baseMs = Double.NaN;
            while (reader.hasNext()) {
                EncodableHistogram next = reader.nextIntervalHistogram();
                if (next instanceof Histogram histogram) {
                    if (Double.isNaN(baseMs)) {
                        baseMs = histogram.getStartTimeStamp();
                    }
                    intervals.add(
                            new Interval(
                                    (histogram.getEndTimeStamp() - baseMs) / MS_PER_SECOND,
                                    histogram.getMaxValue() / NS_PER_US));
                }
            }
        } catch (FileNotFoundException e) {
            return List.of();
        }
        return intervals;
    }
}
