package io.millrace.core.metrics;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells stalls of the machine or the JVM from stalls of the program: a thread that does nothing but
 * sleep for a millisecond and note by how much longer that took: a stall in the moment between two
 * sleeps counts as one within them. The log it writes is jHiccup's: an HdrHistogram interval log,
 * values in nanoseconds, one line an interval.
 *
 * <p>As jHiccup does, an interval in which the meter was held up for several resolutions is filled
 * with the values the missed samples would have had, so that one long stall weighs what it would
 * weigh for requests that keep coming.
 *
 * <p>Threading: one meter, one thread of its own; {@link #histogram} and {@link #close} may be
 * called from any thread.
 *
 * <p>Allocation: none per sample.
 */
public final class HiccupMeter implements AutoCloseable {
    private static final long RESOLUTION_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_NS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 2;
    private static final double NS_PER_US = 1e3;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(LONGEST_NS, DIGITS);
    private final Histogram total = new Histogram(LONGEST_NS, DIGITS);
    private final Histogram taken = new Histogram(LONGEST_NS, DIGITS);
    private final Histogram unwritten = new Histogram(LONGEST_NS, DIGITS);
    private final @Nullable HistogramLogWriter log;
    private final @Nullable PrintStream stream;
    private final long intervalNs;
    private final Thread thread;
    private volatile boolean isClosed;
    private volatile boolean isLogBroken;
    private @Nullable Histogram interval;
    private long begunMs;
    private long begunNs;
    private long writtenMs;
    private long lastNs;
    private long shortestNs = Long.MAX_VALUE;

    /** Not running yet. */
    HiccupMeter(@Nullable PrintStream stream, long intervalMs) {
        this.stream = stream;
        this.log = stream == null ? null : new HistogramLogWriter(stream);
        this.intervalNs = TimeUnit.MILLISECONDS.toNanos(intervalMs);
        this.thread = new Thread(this::run, "millrace-hiccup-0");
        thread.setDaemon(true);
    }

    /**
     * Starts a meter that keeps only the sum.
     *
     * @return the running meter.
     */
    public static HiccupMeter start() {
        HiccupMeter meter = new HiccupMeter(null, 1_000);
        meter.thread.start();
        return meter;
    }

    /**
     * Starts a meter that writes an interval log.
     *
     * @param logFile where to; grows while the meter runs.
     * @param intervalMs length of an interval.
     * @return the running meter.
     */
    public static HiccupMeter start(Path logFile, long intervalMs) {
        try {
            AtomicFile.write(logFile, new byte[0]);
            PrintStream stream =
                    new PrintStream(
                            new FileOutputStream(logFile.toFile()),
                            false,
                            StandardCharsets.US_ASCII);
            return start(stream, intervalMs);
        } catch (FileNotFoundException e) {
            throw new MillraceException(
                    ErrorCode.IO, "cannot write the hiccup log: file=" + logFile, e);
        }
    }

    static HiccupMeter start(PrintStream stream, long intervalMs) {
        HiccupMeter meter = new HiccupMeter(stream, intervalMs);
        meter.writeHeader();
        meter.thread.start();
        return meter;
    }

    /**
     * All hiccups so far.
     *
     * @return a copy, in nanoseconds.
     */
    public synchronized Histogram histogram() {
        drain();
        return total.copy();
    }

    /**
     * The longest hiccup since this was last asked.
     *
     * @return microseconds, 0 where there was none.
     */
    public synchronized double takeMaxUs() {
        drain();
        double maxUs = taken.getMaxValue() / NS_PER_US;
        taken.reset();
        return maxUs;
    }

    /**
     * Whether some of the log could not be written, as to a full disk.
     *
     * @return true from then on.
     */
    public boolean isLogBroken() {
        return isLogBroken;
    }

    /** Ends the meter and its log. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            drain();
            write(nowMs());
        }
        if (stream != null) {
            stream.close();
        }
    }

    @HotPath
    private void run() {
        beginSample(System.nanoTime());
        long nextDrainNs = lastNs + intervalNs;
        while (!isClosed) {
            LockSupport.parkNanos(RESOLUTION_NS);
            long nowNs = System.nanoTime();
            endSample(nowNs);
            if (nowNs - nextDrainNs >= 0) {
                nextDrainNs = nowNs + intervalNs;
                synchronized (this) {
                    drain();
                    write(nowMs());
                }
                // Writing is what the meter does, not what held it up.
                beginSample(System.nanoTime());
            }
        }
    }

    void beginSample(long nowNs) {
        lastNs = nowNs;
    }

    /** Ends a sample, and begins the next. */
    void endSample(long nowNs) {
        long tookNs = nowNs - lastNs;
        lastNs = nowNs;
        // The shortest seen is what a sample costs here when nothing stalls.
        shortestNs = Math.min(shortestNs, tookNs);
        recorder.recordValueWithExpectedInterval(
                Math.min(tookNs - shortestNs, LONGEST_NS), RESOLUTION_NS);
    }

    private void drain() {
        Histogram drained = recorder.getIntervalHistogram(interval);
        interval = drained;
        total.add(drained);
        taken.add(drained);
        if (log != null) {
            unwritten.add(drained);
        }
    }

    /** Writes what came since the last line; who asks in between makes no lines. */
    private void write(long nowMs) {
        if (log == null || stream == null || unwritten.getTotalCount() == 0) {
            return;
        }
        unwritten.setStartTimeStamp(writtenMs);
        unwritten.setEndTimeStamp(nowMs);
        log.outputIntervalHistogram(unwritten);
        // The stream throws nothing; this flushes it, too.
        isLogBroken |= stream.checkError();
        unwritten.reset();
        writtenMs = nowMs;
    }

    private void writeHeader() {
        if (log == null) {
            return;
        }
        begunMs = System.currentTimeMillis();
        begunNs = System.nanoTime();
        log.outputComment("[Logged with millrace hiccup meter, log format of jHiccup]");
        log.outputLogFormatVersion();
        log.outputStartTime(begunMs);
        log.setBaseTime(begunMs);
        log.outputLegend();
        writtenMs = begunMs;
    }

    /** By the clock that nobody sets: an interval that ends before it begins can't be read. */
    private long nowMs() {
        return begunMs + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNs);
    }

    /**
     * The longest hiccup so far.
     *
     * @return microseconds.
     */
    public double maxUs() {
        return histogram().getMaxValue() / NS_PER_US;
    }
}
