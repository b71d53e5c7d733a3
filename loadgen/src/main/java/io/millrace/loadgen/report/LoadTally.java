package io.millrace.loadgen.report;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.loadgen.plan.ClosedLoop;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.RequestType;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Counts what becomes of the measured requests of a run and how long they took.
 *
 * <p>Threading: the event loop, but for {@link #seconds}, whose caller is another; afterwards
 * whoever waited for its end. Allocation: once a second, and for every sample.
 */
public final class LoadTally implements AutoCloseable {
    static final long LONGEST_NS = TimeUnit.HOURS.toNanos(1);
    static final int DIGITS = 3;
    static final double NS_PER_US = 1e3;

    private static final long LATE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final Histogram latency = newHistogram();
    private final Histogram service = newHistogram();
    private final Histogram dispatchLag = newHistogram();
    private final Map<RequestType, TypeTally> types = new EnumMap<>(RequestType.class);
    private final AnswerSamples samples;
    private final SecondLog seconds;

    private Histogram second = newHistogram();
    private long measuredStartNs;
    private long secondEndNs;
    private long lastAnswerNs;
    private long sent;
    private long answered;
    private long refused;
    private long timeouts;
    private long lost;
    private long failed;
    private long degraded;
    private final long[] givenUp = new long[GivenUpCounts.bits()];
    private long malformed;
    private long late;
    private long lateDispatches;
    private long told;
    private @Nullable String firstFailure;

    /** Counts nothing yet. */
    public LoadTally(LoadPlan plan) {
        for (RequestType type : RequestType.values()) {
            types.put(type, new TypeTally(type));
        }
        this.samples = new AnswerSamples(plan.sampledAnswers());
        this.seconds = new SecondLog(plan.intervalLog(), title(plan));
    }

    /** What the latencies of a log are; {@code --compare} finds out by it which loop it was. */
    private static String title(LoadPlan plan) {
        return plan.isClosedLoop()
                ? "Latency from the sending, in nanoseconds; " + ClosedLoop.label(plan.underWay())
                : "Latency from the intended start, in nanoseconds";
    }

    private TypeTally of(RequestType type) {
        return Objects.requireNonNull(types.get(type), "each type has one");
    }

    static Histogram newHistogram() {
        return new Histogram(LONGEST_NS, DIGITS);
    }

    /** Says when the measured part begins, by {@link System#nanoTime}. */
    public void begin(long startNs) {
        measuredStartNs = startNs;
        lastAnswerNs = startNs;
        secondEndNs = startNs + SECOND_NS;
        long aheadNs = startNs - System.nanoTime();
        seconds.begin(System.currentTimeMillis() + TimeUnit.NANOSECONDS.toMillis(aheadNs));
    }

    /** Time passes, also when nothing is answered. */
    @HotPath
    public void tick(long nowNs) {
        while (nowNs - secondEndNs >= 0) {
            endSecond();
        }
    }

    /** A request has left that was not meant to at any moment. */
    @HotPath
    public void sent(RequestType type) {
        sent++;
        of(type).sent();
    }

    /** A request has left, so long after it was meant to. */
    @HotPath
    public void sent(RequestType type, long lagNs) {
        sent(type);
        dispatchLag.recordValue(clamped(lagNs));
        if (lagNs > LATE_NS) {
            lateDispatches++;
        }
    }

    /** An answer of status OK. */
    @HotPath
    public void answered(
            RequestType type,
            long nowNs,
            long latencyNs,
            long serviceNs,
            int degradedBits,
            boolean isSane) {
        tick(nowNs);
        answered++;
        lastAnswerNs = nowNs;
        latency.recordValue(clamped(latencyNs));
        of(type).answered(clamped(latencyNs));
        second.recordValue(clamped(latencyNs));
        service.recordValue(clamped(serviceNs));
        if (degradedBits != 0) {
            degraded(degradedBits);
        }
        if (!isSane) {
            malformed++;
        }
    }

    private void degraded(int bits) {
        degraded++;
        for (int bit = 0; bit < givenUp.length; bit++) {
            givenUp[bit] += bits >> bit & 1;
        }
    }

    private static long clamped(long valueNs) {
        return Math.clamp(valueNs, 0L, LONGEST_NS);
    }

    private void endSecond() {
        long endMs = TimeUnit.NANOSECONDS.toMillis(secondEndNs - measuredStartNs);
        second = seconds.exchange(second, endMs, counts(0));
        told = fates();
        secondEndNs += SECOND_NS;
    }

    /** An answer of another status. */
    public void notAnswered(RequestType type, Status status, String message) {
        switch (status) {
            case OVERLOADED, SHUTTING_DOWN, DEADLINE_EXCEEDED, CHANGES_REFUSED, RATE_LIMITED -> {
                refused++;
                of(type).refused(status);
            }
            default -> {
                // There is nothing to take out where bringing it was refused before.
                if (type == RequestType.DELETE && status == Status.UNKNOWN_ITEM) {
                    refused++;
                    of(type).refused(status);
                } else {
                    failed++;
                    of(type).failed();
                }
            }
        }
        fail(status + (message.isEmpty() ? "" : ": " + message));
    }

    /** A request was not answered in time. */
    public void timedOut(RequestType type) {
        timeouts++;
        of(type).failed();
        fail("not answered in time");
    }

    /** A request went with its connection, or never left. */
    public void lost(RequestType type, String why) {
        lost++;
        of(type).failed();
        fail(why);
    }

    /** An answer came when nobody waited for it any more. */
    public void late() {
        late++;
    }

    /** Keeps the first reason for anything that went wrong. */
    public void fail(String reason) {
        if (firstFailure == null) {
            firstFailure = reason;
        }
    }

    /** The run has ended: so has its last second. */
    public void end() {
        if (fates() != told) {
            endSecond();
        }
    }

    private long fates() {
        return sent + answered + refused + timeouts + lost + failed;
    }

    @Override
    public void close() {
        seconds.close();
    }

    /** What became of so many planned requests up to now. */
    public LoadCounts counts(long planned) {
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

    /** What OK answers said was given up. */
    public GivenUpCounts givenUp() {
        return new GivenUpCounts(Arrays.stream(givenUp).boxed().toList());
    }

    /** What became of each type, of which so many were planned. */
    public List<TypeReport> types(ToLongFunction<RequestType> plannedOf) {
        List<TypeReport> reports = new ArrayList<>();
        for (RequestType type : RequestType.values()) {
            long planned = plannedOf.applyAsLong(type);
            if (planned > 0) {
                reports.add(of(type).report(planned));
            }
        }
        return List.copyOf(reports);
    }

    /** What became of each type, where nothing was planned but what was sent. */
    public List<TypeReport> types() {
        return types(type -> of(type).sentCount());
    }

    /** From the start of the measured part to the last answer. */
    public long answeringNs() {
        return lastAnswerNs - measuredStartNs;
    }

    /** Nanoseconds from the intended start to the answer; in a closed loop from the sending. */
    public Histogram latency() {
        return latency;
    }

    /** Nanoseconds from the actual sending to the answer. */
    public Histogram service() {
        return service;
    }

    /** Nanoseconds from the intended start to the actual sending. */
    public Histogram dispatchLag() {
        return dispatchLag;
    }

    /** What was seen, second by second. */
    public SecondLog seconds() {
        return seconds;
    }

    /** What is kept to be judged. */
    public AnswerSamples samples() {
        return samples;
    }

    /** The first reason for anything that went wrong, or null. */
    public @Nullable String firstFailure() {
        return firstFailure;
    }
}
