package io.millrace.loadgen.report;

import io.millrace.core.error.MillraceException;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * The seconds of a run on their way from the event loop, which must not wait, to the caller, who
 * packs, writes and tells of them.
 *
 * <p>Threading: the event loop calls {@link #begin} and {@link #exchange}, the caller everything
 * else. Allocation: a few objects a second.
 */
public final class SecondLog implements AutoCloseable {
    private static final long SECOND_MS = TimeUnit.SECONDS.toMillis(1);
    private static final LoadCounts NOTHING = new LoadCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
    private final Queue<Histogram> spare = new ConcurrentLinkedQueue<>();
    private final Histogram soFar = LoadTally.newHistogram();
    private final List<SecondPoint> series = new ArrayList<>();
    private final String title;
    private final @Nullable PrintStream stream;
    private final @Nullable HistogramLogWriter log;

    private volatile long startMs;
    private LoadCounts before = NOTHING;
    private boolean hasHeader;
    private boolean isBroken;

    /** A second that has ended, with what was counted up to its end. */
    private record Ended(long endMs, LoadCounts counts, Histogram latencies) {}

    SecondLog(@Nullable Path intervalLog, String title) {
        this.title = title;
        stream = intervalLog == null ? null : open(intervalLog);
        log = stream == null ? null : new HistogramLogWriter(stream);
    }

    private static PrintStream open(Path file) {
        try {
            return new PrintStream(
                    new FileOutputStream(file.toFile()), false, StandardCharsets.US_ASCII);
        } catch (FileNotFoundException e) {
            throw MillraceException.io("write the interval log", file, e);
        }
    }

    /** Says when the measured part begins, in milliseconds since 1970. */
    void begin(long measuredStartMs) {
        startMs = measuredStartMs;
    }

    /** When the measured part began, in milliseconds since 1970. */
    public long startMs() {
        return startMs;
    }

    /** Takes the histogram of a second that has ended, and gives an empty one. */
    Histogram exchange(Histogram latencies, long endMs, LoadCounts counts) {
        ended.add(new Ended(endMs, counts, latencies));
        Histogram empty = spare.poll();
        return empty == null ? LoadTally.newHistogram() : empty;
    }

    /** Handles the seconds that have ended since. */
    public void drain(DoubleSupplier hiccupUs, SecondListener listener) {
        for (Ended second = ended.poll(); second != null; second = ended.poll()) {
            SecondPoint point =
                    SecondPoint.of(
                            second.endMs,
                            second.counts,
                            before,
                            second.latencies,
                            hiccupUs.getAsDouble());
            before = second.counts;
            series.add(point);
            soFar.add(second.latencies);
            write(second);
            listener.second(point, soFar);
            second.latencies.reset();
            spare.add(second.latencies);
        }
    }

    private void write(Ended second) {
        if (log == null || stream == null) {
            return;
        }
        if (!hasHeader) {
            hasHeader = true;
            log.outputComment("[" + title + "]");
            log.outputLogFormatVersion();
            log.outputStartTime(startMs);
            log.setBaseTime(startMs);
            log.outputLegend();
        }
        second.latencies.setStartTimeStamp(startMs + second.endMs - SECOND_MS);
        second.latencies.setEndTimeStamp(startMs + second.endMs);
        log.outputIntervalHistogram(second.latencies);
        // The stream throws nothing; this flushes it, too.
        isBroken |= stream.checkError();
    }

    /** The seconds handled so far. */
    public List<SecondPoint> series() {
        return List.copyOf(series);
    }

    /** Whether some of the log could not be written, as to a full disk. */
    public boolean isBroken() {
        return isBroken;
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.close();
        }
    }
}
