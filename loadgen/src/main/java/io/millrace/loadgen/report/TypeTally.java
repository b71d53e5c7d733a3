package io.millrace.loadgen.report;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.loadgen.plan.RequestType;

import org.HdrHistogram.Histogram;

/**
 * Counts what becomes of the measured requests of one kind.
 *
 * <p>Threading: the event loop. Allocation: none after construction.
 */
final class TypeTally {
    private final RequestType type;
    private final Histogram latency = LoadTally.newHistogram();
    private long sent;
    private long refused;
    private long overloaded;
    private long changesRefused;
    private long errors;

    TypeTally(RequestType type) {
        this.type = type;
    }

    @HotPath
    void sent() {
        sent++;
    }

    /** How many have left. */
    long sentCount() {
        return sent;
    }

    @HotPath
    void answered(long latencyNs) {
        latency.recordValue(latencyNs);
    }

    /** Of a request that was refused. */
    void refused(Status status) {
        refused++;
        if (status == Status.OVERLOADED) {
            overloaded++;
        } else if (status == Status.CHANGES_REFUSED) {
            changesRefused++;
        }
    }

    /** Of a request that ended badly. */
    void failed() {
        errors++;
    }

    /** What was counted, after the run. */
    TypeReport report(long planned) {
        return new TypeReport(
                type.label(),
                type.isChange(),
                planned,
                sent,
                latency.getTotalCount(),
                refused,
                overloaded,
                changesRefused,
                errors,
                latency);
    }
}
