package io.millrace.server.metrics;

import io.millrace.core.HotPath;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What one worker counts and times.
 *
 * <p>Threading: the worker writes; {@link ServerMetrics} reads. Allocation: none when writing.
 */
@HotPath
public final class WorkerMetrics {
    /** The longest time told apart from longer ones. */
    static final long MAX_NS = 60_000_000_000L;

    /** Significant digits of times. */
    static final int DIGITS = 2;

    private final OutcomeCounters outcomes = new OutcomeCounters();
    private final Counter degraded = new Counter();
    private final CounterArray levers = new CounterArray(Lever.count());
    private final CounterArray refusals = new CounterArray(Refusal.count());
    private final Counter failures = new Counter();
    private final Counter abandoned = new Counter();
    private final SingleWriterRecorder[] stages = new SingleWriterRecorder[Stage.count()];
    private final @Nullable Histogram[] recycledStages = new Histogram[Stage.count()];
    private final SingleWriterRecorder service = new SingleWriterRecorder(MAX_NS, DIGITS);
    private final StageBands bands = new StageBands();
    private @Nullable Histogram recycledService;

    WorkerMetrics() {
        for (int i = 0; i < stages.length; i++) {
            stages[i] = new SingleWriterRecorder(MAX_NS, DIGITS);
        }
    }

    /**
     * Counts a request that was answered and notes how long it took.
     *
     * @param kind what was asked for
     * @param answer how it ended
     * @param clock times of its stages
     * @param serviceNs from arrival to answer
     */
    public void answered(RequestKind kind, Answer answer, StageClock clock, long serviceNs) {
        outcomes.count(kind, answer.status());
        Refusal refusal = answer.refusal();
        if (refusal != null) {
            refusals.increment(refusal.index());
        }
        if (answer.degraded() != 0) {
            degraded(answer.degraded());
        }
        for (int i = 0; i < stages.length; i++) {
            long ns = clock.elapsedNs(i);
            if (ns != StageClock.NOT_PASSED) {
                stages[i].recordValue(Math.min(ns, MAX_NS));
            }
        }
        service.recordValue(Math.clamp(serviceNs, 0, MAX_NS));
        bands.add(clock, serviceNs);
    }

    private void degraded(int bits) {
        degraded.increment();
        for (int i = 0; i < Lever.count(); i++) {
            if (Lever.at(i).isIn(bits)) {
                levers.increment(i);
            }
        }
    }

    /** Counts a request that the funnel threw at. */
    public void failed() {
        failures.increment();
    }

    /** Counts a request whose caller was gone before its turn. */
    public void abandoned() {
        abandoned.increment();
    }

    OutcomeCounters outcomes() {
        return outcomes;
    }

    long degradedCount() {
        return degraded.get();
    }

    long count(Lever lever) {
        return levers.get(lever.index());
    }

    long count(Refusal refusal) {
        return refusals.get(refusal.index());
    }

    long failureCount() {
        return failures.get();
    }

    long abandonedCount() {
        return abandoned.get();
    }

    StageBands bands() {
        return bands;
    }

    /** Moves what was timed since the last call; callers take turns. */
    void drainInto(Histogram[] stageTotals, Histogram serviceTotal) {
        for (int i = 0; i < stages.length; i++) {
            Histogram interval = stages[i].getIntervalHistogram(recycledStages[i]);
            stageTotals[i].add(interval);
            recycledStages[i] = interval;
        }
        Histogram interval = service.getIntervalHistogram(recycledService);
        serviceTotal.add(interval);
        recycledService = interval;
    }
}
