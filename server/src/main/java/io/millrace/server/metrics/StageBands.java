package io.millrace.server.metrics;

import io.millrace.core.HotPath;
import io.millrace.core.metrics.StageBand;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The time of requests by stage, apart for requests that took unlike long. See {@link StageBand}.
 *
 * <p>Threading: one thread adds, any thread reads; a reader may see a request half added.
 * Allocation: none when adding.
 */
@HotPath
final class StageBands {
    private static final int COUNT = Stage.count();
    private static final int SERVICE = COUNT + 1;
    private static final int WIDTH = COUNT + 2;

    /** Of each band the time by stage, the number of requests, and all their time. */
    private final AtomicLongArray sums = new AtomicLongArray(StageBand.COUNT * WIDTH);

    StageBands() {}

    /** Adds a request. */
    void add(StageClock clock, long serviceNs) {
        int at = StageBand.of(serviceNs) * WIDTH;
        for (int i = 0; i < Stage.count(); i++) {
            long ns = clock.elapsedNs(i);
            if (ns != StageClock.NOT_PASSED) {
                add(at + i, ns);
            }
        }
        add(at + COUNT, 1);
        add(at + SERVICE, serviceNs);
    }

    private void add(int at, long value) {
        sums.setRelease(at, sums.getPlain(at) + value);
    }

    /** Adds these sums to others: of each band the stages, the requests, the time. */
    void addTo(long[][] totals) {
        for (int band = 0; band < totals.length; band++) {
            for (int i = 0; i < WIDTH; i++) {
                totals[band][i] += sums.getAcquire(band * WIDTH + i);
            }
        }
    }

    static long[][] newTotals() {
        return new long[StageBand.COUNT][WIDTH];
    }

    static long count(long[] total) {
        return total[COUNT];
    }

    static long serviceNs(long[] total) {
        return total[SERVICE];
    }
}
