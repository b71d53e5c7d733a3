package io.millrace.loadgen;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;

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
import java.util.concurrent.TimeUnit;

/**
 * Counts what becomes of the measured requests of a run and how long they took.
 *
 * <p>Threading: the event loop; afterwards whoever waited for its end. Allocation: once a second,
 * and for every sample.
 */
final class LoadTally implements AutoCloseable {
    static final long LONGEST_NS = TimeUnit.HOURS.toNanos(1);
    static final int DIGITS = 3;
    static final double NS_PER_US = 1e3;

    private static final long LATE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final Histogram latency = new Histogram(LONGEST_NS, DIGITS);
    private final Histogram service = new Histogram(LONGEST_NS, DIGITS);
    private final Histogram dispatchLag = new Histogram(LONGEST_NS, DIGITS);
    private final Histogram second = new Histogram(LONGEST_NS, DIGITS);
    private final List<SecondPoint> series = new ArrayList<>();
    private final AnswerSamples samples;
    private final @Nullable PrintStream logStream;
    private final @Nullable HistogramLogWriter log;

    private long measuredStartNs;
    private long measuredStartMs;
    private long secondEndNs;
    private long lastAnswerNs;
    private long sent;
    private long answered;
    private long refused;
    private long timeouts;
    private long lost;
    private long failed;
    private long degraded;
    private long malformed;
    private long late;
    private long lateDispatches;
    private @Nullable String firstFailure;

    LoadTally(int sampledAnswers, @Nullable Path intervalLog) {
        this.samples = new AnswerSamples(sampledAnswers);
        this.logStream = intervalLog == null ? null : open(intervalLog);
        this.log = logStream == null ? null : new HistogramLogWriter(logStream);
    }

    private static PrintStream open(Path file) {
        try {
            return new PrintStream(
                    new FileOutputStream(file.toFile()), false, StandardCharsets.US_ASCII);
        } catch (FileNotFoundException e) {
            throw MillraceException.io("write the interval log", file, e);
        }
    }

    /** Says when the measured part begins, by {@link System#nanoTime}. */
    void begin(long startNs) {
        measuredStartNs = startNs;
        lastAnswerNs = startNs;
        secondEndNs = startNs + SECOND_NS;
        long aheadNs = startNs - System.nanoTime();
        measuredStartMs = System.currentTimeMillis() + TimeUnit.NANOSECONDS.toMillis(aheadNs);
        if (log != null) {
            log.outputComment("[Latency from the intended start, in nanoseconds]");
            log.outputLogFormatVersion();
            log.outputStartTime(measuredStartMs);
            log.setBaseTime(measuredStartMs);
            log.outputLegend();
        }
    }

    @HotPath
    void sent(long lagNs) {
        sent++;
        dispatchLag.recordValue(clamped(lagNs));
        if (lagNs > LATE_NS) {
            lateDispatches++;
        }
    }

    /** An answer of status OK. */
    @HotPath
    void answered(long nowNs, long latencyNs, long serviceNs, boolean isDegraded, boolean isSane) {
        roll(nowNs);
        answered++;
        lastAnswerNs = nowNs;
        latency.recordValue(clamped(latencyNs));
        second.recordValue(clamped(latencyNs));
        service.recordValue(clamped(serviceNs));
        if (isDegraded) {
            degraded++;
        }
        if (!isSane) {
            malformed++;
        }
    }

    private static long clamped(long valueNs) {
        return Math.clamp(valueNs, 0L, LONGEST_NS);
    }

    private void roll(long nowNs) {
        while (nowNs - secondEndNs >= 0) {
            endSecond();
        }
    }

    private void endSecond() {
        long endMs = TimeUnit.NANOSECONDS.toMillis(secondEndNs - measuredStartNs);
        series.add(
                new SecondPoint(
                        endMs,
                        second.getTotalCount(),
                        second.getValueAtPercentile(50) / NS_PER_US,
                        second.getValueAtPercentile(99) / NS_PER_US));
        if (log != null) {
            second.setStartTimeStamp(measuredStartMs + endMs - TimeUnit.SECONDS.toMillis(1));
            second.setEndTimeStamp(measuredStartMs + endMs);
            log.outputIntervalHistogram(second);
        }
        second.reset();
        secondEndNs += SECOND_NS;
    }

    /** An answer of another status. */
    void notAnswered(Status status, String message) {
        switch (status) {
            case OVERLOADED, SHUTTING_DOWN, DEADLINE_EXCEEDED -> refused++;
            default -> failed++;
        }
        fail(status + (message.isEmpty() ? "" : ": " + message));
    }

    void timedOut() {
        timeouts++;
        fail("not answered in time");
    }

    void lost(String why) {
        lost++;
        fail(why);
    }

    void late() {
        late++;
    }

    /** Keeps the first reason for anything that went wrong. */
    void fail(String reason) {
        if (firstFailure == null) {
            firstFailure = reason;
        }
    }

    /** The run has ended: closes the last second and the log. */
    @Override
    public void close() {
        if (second.getTotalCount() > 0) {
            endSecond();
        }
        if (logStream != null) {
            logStream.close();
        }
    }

    LoadCounts counts(long planned) {
        return new LoadCounts(
                planned,
                sent,
                answered,
                refused,
                timeouts,
                lost,
                failed,
                degraded,
                malformed,
                late,
                lateDispatches);
    }

    /** From the start of the measured part to the last answer. */
    long answeringNs() {
        return lastAnswerNs - measuredStartNs;
    }

    Histogram latency() {
        return latency;
    }

    Histogram service() {
        return service;
    }

    Histogram dispatchLag() {
        return dispatchLag;
    }

    List<SecondPoint> series() {
        return List.copyOf(series);
    }

    /** What is kept to be judged. */
    AnswerSamples samples() {
        return samples;
    }

    @Nullable String firstFailure() {
        return firstFailure;
    }
}
