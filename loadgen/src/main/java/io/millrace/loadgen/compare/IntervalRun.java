package io.millrace.loadgen.compare;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.metrics.PackedHistogram;
import io.millrace.loadgen.plan.ClosedLoop;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
    private static final double MOST_SECONDS = 1e9;
    private static final String TAG = "Tag=";
    private static final int INTERVAL_FIELDS = 4;
    private static final int LEAST_ROOM = 64;

    /** Any whole number up to it, and that many times as many, fits into a double and a long. */
    private static final long MOST_COUNTED = 1L << 40;

    /** In ascending order, in the unit of the log. */
    private final long[] values;

    /** For each interval, which of those were met in it; few of them are in a long run. */
    private final int[][] places;

    /** How often each of these was. */
    private final long[][] counts;

    private final double[] seconds;
    private final int underWay;

    private IntervalRun(
            long[] values, int[][] places, long[][] counts, double[] seconds, int underWay) {
        this.values = values;
        this.places = places;
        this.counts = counts;
        this.seconds = seconds;
        this.underWay = underWay;
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
        Builder run = new Builder();
        double before = 0;
        JsonNode figures = Json.read(file, JsonNode.class);
        run.underWay = figures.path("under_way").asInt(0);
        for (JsonNode second : figures.path("seconds")) {
            double end = second.path("end_s").asDouble();
            try {
                run.add(PackedHistogram.unpack(second.path("latencies").asText()), 1);
            } catch (IllegalArgumentException e) {
                throw MillraceException.corrupt(
                        file, "no latencies of a second, reason=%s", e.getMessage());
            }
            if (!(end > before)) {
                throw MillraceException.corrupt(
                        file, "seconds out of order, end_s=%s, before=%s", end, before);
            }
            before = end;
        }
        if (run.isEmpty()) {
            throw MillraceException.corrupt(
                    file, "figures without latencies by second, as millrace load --json has them");
        }
        return run.build();
    }

    private static IntervalRun readLog(Path log) {
        Builder run = new Builder();
        try (BufferedReader reader = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                // Comments, the legend, and intervals: begin, length, largest, histogram.
                if (line.startsWith("#")) {
                    run.underWay = ClosedLoop.find(line).orElse(run.underWay);
                }
                if (!line.isBlank() && !line.startsWith("#") && !line.startsWith("\"")) {
                    addInterval(run, line);
                }
            }
        } catch (IOException e) {
            throw MillraceException.io("read an interval log", log, e);
        } catch (IllegalArgumentException e) {
            throw MillraceException.corrupt(log, "no interval log, reason=%s", e.getMessage());
        }
        if (run.isEmpty()) {
            throw MillraceException.corrupt(log, "an interval log without any latency");
        }
        return run.build();
    }

    private static void addInterval(Builder run, String line) {
        boolean isTagged = line.startsWith(TAG);
        String untagged = isTagged ? line.substring(line.indexOf(',') + 1) : line;
        String[] fields = untagged.split(",", -1);
        if (fields.length != INTERVAL_FIELDS) {
            throw new IllegalArgumentException("a line of " + fields.length + " fields");
        }
        double seconds = Double.parseDouble(fields[1]);
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            throw new IllegalArgumentException("an interval of " + seconds + " s");
        }
        run.add(PackedHistogram.unpack(fields[INTERVAL_FIELDS - 1].strip()), seconds);
    }

    /** Of histograms with time stamps. */
    static IntervalRun of(List<Histogram> intervals) {
        Builder run = new Builder();
        for (Histogram interval : intervals) {
            long ms = interval.getEndTimeStamp() - interval.getStartTimeStamp();
            run.add(interval, ms / MS_PER_SECOND);
        }
        return run.build();
    }

    /** Collects intervals, of which only the values that were met are kept. */
    private static final class Builder {
        private final TreeSet<Long> met = new TreeSet<>();
        private final List<long[]> values = new ArrayList<>();
        private final List<long[]> counts = new ArrayList<>();
        private final List<Double> seconds = new ArrayList<>();
        private long total;
        private int underWay;

        /** Adds an interval, if anything was met in it. */
        void add(Histogram interval, double length) {
            if (interval.getTotalCount() == 0) {
                return;
            }
            long[] itsValues = new long[LEAST_ROOM];
            long[] itsCounts = new long[LEAST_ROOM];
            int size = 0;
            for (HistogramIterationValue value : interval.recordedValues()) {
                if (size == itsValues.length) {
                    itsValues = Arrays.copyOf(itsValues, 2 * size);
                    itsCounts = Arrays.copyOf(itsCounts, 2 * size);
                }
                itsValues[size] = value.getValueIteratedTo();
                itsCounts[size++] = counted(value.getCountAtValueIteratedTo());
            }
            values.add(Arrays.copyOf(itsValues, size));
            counts.add(Arrays.copyOf(itsCounts, size));
            seconds.add(length);
        }

        /** No sum of draws may leave the numbers that are exact. */
        private long counted(long count) {
            total += count;
            if (count < 0 || total < 0 || total > MOST_COUNTED) {
                throw new IllegalArgumentException("more latencies than can be: " + total);
            }
            return count;
        }

        boolean isEmpty() {
            return values.isEmpty();
        }

        IntervalRun build() {
            values.forEach(all -> Arrays.stream(all).forEach(met::add));
            long[] ascending = met.stream().mapToLong(Long::longValue).toArray();
            int[][] places = new int[values.size()][];
            for (int i = 0; i < places.length; i++) {
                places[i] =
                        Arrays.stream(values.get(i))
                                .mapToInt(value -> Arrays.binarySearch(ascending, value))
                                .toArray();
            }
            return new IntervalRun(
                    ascending,
                    places,
                    counts.toArray(long[][]::new),
                    seconds.stream().mapToDouble(Double::doubleValue).toArray(),
                    underWay);
        }
    }

    /**
     * How many intervals there are.
     *
     * @return from 1.
     */
    public int intervals() {
        return counts.length;
    }

    /**
     * How many requests were under way where it was a closed loop.
     *
     * @return 0 of an open loop, and where the file does not say.
     */
    public int underWay() {
        return underWay;
    }

    /** The whole run with each interval taken so many times. */
    Tally tally(int[] times) {
        long[] sums = new long[values.length];
        double length = 0;
        for (int i = 0; i < counts.length; i++) {
            for (int met = 0; times[i] > 0 && met < counts[i].length; met++) {
                sums[places[i][met]] += times[i] * counts[i][met];
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
