package io.millrace.ranker;

import io.millrace.core.metrics.AllocationMeter;

import java.util.concurrent.TimeUnit;

/** Counts what a piece of code allocates once it is compiled. */
public final class AllocationProbe {
    private static final int WARM_UP_ROUNDS = 40;
    private static final int PATIENCE_SECONDS = 30;

    private AllocationProbe() {}

    /**
     * Runs a body until a round of its calls allocates nothing, for at most {@value
     * #PATIENCE_SECONDS} seconds: on a busy machine the compiler takes its time.
     *
     * @return the least bytes of a round.
     */
    public static long leastBytes(int callsPerRound, Runnable body) {
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            run(callsPerRound, body);
        }
        long least = Long.MAX_VALUE;
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (least > 0 && System.nanoTime() - endNs < 0) {
            long before = AllocationMeter.currentThreadAllocatedBytes();
            run(callsPerRound, body);
            least = Math.min(least, AllocationMeter.currentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private static void run(int calls, Runnable body) {
        for (int call = 0; call < calls; call++) {
            body.run();
        }
    }
}
