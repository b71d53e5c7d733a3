package io.millrace.loadgen.compare;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.metrics.PackedHistogram;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.HistogramLogReader;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * The latencies of a run, interval by interval: how many there were of each value that was counted
 * at all.
 *
 * <p>Threading: immutable.
 */
public final class IntervalRun {
    private static final double MS_PER_SECOND = 1_000;

    /** In ascending order, in the unit of the log. */
    private final long[] values;

    /** For each interval, how often each value was met. */
    private final long[][] counts;

    private final double[] seconds;

    private IntervalRun(long[] values, long[][] counts, double[] seconds) {
        this.values = values;
        this.counts = counts;
        this.seconds = seconds;
    }

    /**
     * Reads a run.
     *
     * @param file its figures, as {@code millrace load --json} writes them, or a log of
     *     HdrHistogram, as {@code millrace load --interval-log} does.
     * @return the run.
     * @throws MillraceException NOT_FOUND when there is no such file, CORRUPT_FILE when it is
     *     neither or holds nothing.
     */
    public static IntervalRun read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no such run: file=%s; write one by millrace load --json or --interval-log",
                    file);
        }
        return isJson(file) ? readFigures(file) : readLog(file);
    }

    private static boolean isJson(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == '{';
        } catch (IOException e) {
            throw MillraceException.io("read a run", file, e);
        }
    }

    private static IntervalRun readFigures(Path file) {
        List<Histogram> intervals = new ArrayList<>();
        for (JsonNode second : Json.read(file, JsonNode.class).path("seconds")) {
            try {
                Histogram interval = PackedHistogram.unpack(second.path("latencies").asText());
                long endMs = Math.round(second.path("end_s").asDouble() * MS_PER_SECOND);
                interval.setStartTimeStamp(endMs - (long) MS_PER_SECOND);
                interval.setEndTimeStamp(endMs);
                if (interval.getTotalCount() > 0) {
                    intervals.add(interval);
                }
            } catch (IllegalArgumentException e) {
                throw MillraceException.corrupt(
                        file, "no latencies of a second, reason=%s", e.getMessage());
            }
        }
        if (intervals.isEmpty()) {
            throw MillraceException.corrupt(
                    file, "figures without latencies by second, as millrace load --json has them");
        }
        return of(intervals);
    }

    private static IntervalRun readLog(Path log) {
        List<Histogram> intervals = new ArrayList<>();
        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            while (reader.hasNext()) {
                EncodableHistogram next = reader.nextIntervalHistogram();
                if (next instanceof Histogram interval && interval.getTotalCount() > 0) {
                    intervals.add(interval);
                }
            }
        } catch (FileNotFoundException e) {
            throw MillraceException.io("read an interval log", log, e);
        } catch (RuntimeException e) {
            // Of whatever kind: the reader checks little before it decodes.
            throw MillraceException.corrupt(log, "no interval log, reason=%s", e.getMessage());
        }
        if (intervals.isEmpty()) {
            throw MillraceException.corrupt(log, "an interval log without any latency");
        }
        return of(intervals);
    }

    /** Of histograms with time stamps. */
    static IntervalRun of(List<Histogram> intervals) {
        TreeSet<Long> met = new TreeSet<>();
        for (Histogram interval : intervals) {
            for (HistogramIterationValue value : interval.recordedValues()) {
                met.add(value.getValueIteratedTo());
            }
        }
        long[] values = met.stream().mapToLong(Long::longValue).toArray();
        long[][] counts = new long[intervals.size()][values.length];
        double[] seconds = new double[intervals.size()];
        for (int i = 0; i < counts.length; i++) {
            Histogram interval = intervals.get(i);
            for (HistogramIterationValue value : interval.recordedValues()) {
                int at = Arrays.binarySearch(values, value.getValueIteratedTo());
                counts[i][at] += value.getCountAtValueIteratedTo();
            }
            seconds[i] =
                    (interval.getEndTimeStamp() - interval.getStartTimeStamp()) / MS_PER_SECOND;
        }
        return new IntervalRun(values, counts, seconds);
    }

    /**
     * How many intervals there are.
     *
     * @return from 1.
     */
    public int intervals() {
        return counts.length;
    }

    /** The whole run with each interval taken so many times. */
    Tally tally(int[] times) {
        long[] sums = new long[values.length];
        double length = 0;
        for (int i = 0; i < counts.length; i++) {
            for (int value = 0; times[i] > 0 && value < sums.length; value++) {
                sums[value] += times[i] * counts[i][value];
            }
            length += times[i] * seconds[i];
        }
        return new Tally(values, sums, length);
    }

    /** The whole run as it was. */
    Tally tally() {
        int[] once = new int[counts.length];
        Arrays.fill(once, 1);
        return tally(once);
    }

    /**
     * Latencies, counted.
     *
     * @param values ascending.
     * @param counts of each.
     * @param seconds the time they were met in.
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Tally(long[] values, long[] counts, double seconds) {
        long total() {
            return Arrays.stream(counts).sum();
        }

        /** The least value that this share of all does not exceed. */
        double quantile(double share) {
            long rank = Math.max(1, (long) Math.ceil(share * total()));
            long below = 0;
            int at = 0;
            while (at < values.length - 1 && below + counts[at] < rank) {
                below += counts[at++];
            }
            return values[at];
        }

        double mean() {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += (double) values[i] * counts[i];
            }
            return sum / total();
        }

        double perSecond() {
            return total() / seconds;
        }
    }
}
