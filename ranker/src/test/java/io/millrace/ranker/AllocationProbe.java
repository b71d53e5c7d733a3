package io.millrace.ranker;

import io.millrace.core.metrics.AllocationMeter;

/** Counts what a piece of code allocates once it is compiled. */
public final class AllocationProbe {
    private static final int WARM_UP_ROUNDS = 40;
    private static final int MAX_ROUNDS = 60;

    private AllocationProbe() {}

    /**
     * Runs a body until a round of its calls allocates nothing, at most {@value #MAX_ROUNDS} rounds
     * after the warm-up: what a compiler thread's installation leaves behind is not the body's.
     *
     * @return the least bytes of a round.
     */
    public static long leastBytes(int callsPerRound, Runnable body) {
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            run(callsPerRound, body);
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < MAX_ROUNDS && least > 0; round++) {
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
