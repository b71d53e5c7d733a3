package io.millrace.server.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.server.request.Lever;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** One worker whose clock is a number: requests come at random, more than it can answer. */
class OverloadTest {
    private static final RequestKind KIND = RequestKind.RECOMMEND;
    private static final double NS_PER_SECOND = 1e9;
    private static final long DEADLINE_NS = 20_000_000;
    private static final int MOST_WAITING = 128;
    private static final int REQUESTS = 40_000;

    /** Nanoseconds by level, as of a bundle of 200,000 items. */
    private static final double[] COSTS = {1_365e3, 624e3, 307e3, 282e3, 65e3};

    private static final double SATURATION = NS_PER_SECOND / COSTS[0];

    private enum Way {
        CONTROLLED,
        QUEUE_ALONE
    }

    /** A request under way. */
    private record Asked(long arrivalNs, long shortestNs) {}

    /**
     * What became of the requests.
     *
     * @param seconds from the first to the last answer
     * @param inTime answered by their deadline
     * @param late answered, but later
     * @param refused at once
     * @param levels how many of those answered gave up so much
     */
    private record Run(double seconds, int inTime, int late, int refused, List<Integer> levels) {
        double goodput() {
            return inTime / seconds;
        }

        double degraded() {
            return 1 - (double) levels.getFirst() / (inTime + late);
        }

        double meanLevel() {
            double sum = 0;
            for (int level = 0; level < levels.size(); level++) {
                sum += (double) level * levels.get(level);
            }
            return sum / (inTime + late);
        }
    }

    private static Run run(Way way, double load, double stalls, long seed) {
        SplitRandom random = new SplitRandom(seed);
        ServicePace pace = new ServicePace();
        EffortControl control = new EffortControl(pace);
        WorkerLoad worker = new WorkerLoad();
        Backlog<Asked> backlog = new Backlog<>(MOST_WAITING);
        int[] levels = new int[Lever.levels()];
        int inTime = 0;
        int late = 0;
        int refused = 0;
        long arrivalNs = 0;
        long freeNs = 0;
        int come = 0;
        while (come < REQUESTS || backlog.size() > 0) {
            boolean isArrival = come < REQUESTS && (backlog.size() == 0 || arrivalNs <= freeNs);
            if (isArrival) {
                come++;
                if (arrivalNs >= freeNs) {
                    worker.ended();
                }
                long targetNs = WorkerLoad.targetNs(arrivalNs, arrivalNs + DEADLINE_NS);
                long shortestNs = pace.shortestNs(KIND);
                boolean isFull = backlog.size() == MOST_WAITING;
                if (isFull
                        || (way != Way.QUEUE_ALONE
                                && !worker.admits(arrivalNs, targetNs, shortestNs))) {
                    refused++;
                } else {
                    worker.handedOver(shortestNs);
                    backlog.add(new Asked(arrivalNs, shortestNs), targetNs, shortestNs);
                }
                freeNs = Math.max(freeNs, backlog.size() == 1 ? arrivalNs : freeNs);
                arrivalNs += (long) (-Math.log(1 - random.nextDouble()) * COSTS[0] / load);
                continue;
            }
            long nowNs = freeNs;
            long spareNs = backlog.spareNs(nowNs);
            Asked asked = Objects.requireNonNull(backlog.poll());
            worker.taken(asked.shortestNs());
            if (nowNs >= asked.arrivalNs() + DEADLINE_NS) {
                // Answered without work.
                late++;
                levels[0]++;
                continue;
            }
            int level = way == Way.CONTROLLED ? control.level(KIND, spareNs, backlog.size()) : 0;
            worker.begun(nowNs + pace.expectedNs(KIND, level));
            long tookNs = (long) (COSTS[level] * (0.6 + 0.8 * random.nextDouble()));
            if (random.nextDouble() < stalls) {
                tookNs += 8_000_000;
            }
            freeNs = nowNs + tookNs;
            pace.took(KIND, level, tookNs);
            levels[level]++;
            if (freeNs <= asked.arrivalNs() + DEADLINE_NS) {
                inTime++;
            } else {
                late++;
            }
        }
        List<Integer> byLevel = Arrays.stream(levels).boxed().toList();
        return new Run(freeNs / NS_PER_SECOND, inTime, late, refused, byLevel);
    }

    private static List<Run> runs(Way way, double stalls, double most) {
        List<Run> runs = new ArrayList<>();
        for (double load = 0.25; load <= most; load += 0.25) {
            runs.add(run(way, load, stalls, 1));
        }
        return runs;
    }

    private static double peak(List<Run> runs) {
        return runs.stream().mapToDouble(Run::goodput).max().orElseThrow();
    }

    @Test
    void shouldKeepItsGoodputWhenLoadIsTwiceWhatItCanDo() {
        List<Run> runs = runs(Way.CONTROLLED, 0, 2);
        assertTrue(runs.getLast().goodput() > 0.9 * peak(runs), "" + runs.getLast().goodput());
        assertTrue(runs.getLast().goodput() > 1.9 * SATURATION, "" + runs.getLast().goodput());
        for (Run run : runs) {
            assertEquals(0, run.late(), "accepted and not answered in time");
        }
    }

    /** Load beyond what can be done even with everything given up. */
    @Test
    void shouldKeepItsGoodputWhenAllIsGivenUpAndRequestsAreRefused() {
        double least = COSTS[0] / COSTS[Lever.levels() - 1];
        Run full = run(Way.CONTROLLED, 0.95 * least, 0, 2);
        for (double beyond : new double[] {1.25, 2, 4}) {
            Run run = run(Way.CONTROLLED, beyond * least, 0, 2);
            assertTrue(run.goodput() > 0.9 * full.goodput(), beyond + ": " + run.goodput());
            assertTrue(run.refused() > 0.15 * REQUESTS, "refused: " + run.refused());
            assertTrue(run.late() <= 0.001 * REQUESTS, "late: " + run.late());
        }
    }

    @Test
    void shouldGiveUpMoreAndMoreBeforeAnythingIsRefused() {
        double last = -1;
        for (Run run : runs(Way.CONTROLLED, 0, 2.5)) {
            assertTrue(run.meanLevel() >= last - 0.001, "level " + run.meanLevel());
            last = run.meanLevel();
            assertEquals(0, run.refused());
        }
        assertTrue(run(Way.CONTROLLED, 0.25, 0, 3).degraded() < 0.001);
        assertTrue(run(Way.CONTROLLED, 1.5, 0, 3).degraded() > 0.2);
    }

    @Test
    void shouldAnswerAlmostAllInTimeWhenTheMachineStallsNowAndThen() {
        for (Run run : runs(Way.CONTROLLED, 0.001, 2.5)) {
            assertTrue(run.late() < 0.01 * (run.inTime() + run.late()), "late: " + run.late());
        }
    }

    /** If a queue alone did as well, this would prove nothing. */
    @Test
    void shouldDoBetterThanAQueueAlone() {
        Run queue = run(Way.QUEUE_ALONE, 2, 0, 1);
        assertTrue(queue.goodput() < 0.3 * SATURATION, "queue: " + queue.goodput());
    }
}
