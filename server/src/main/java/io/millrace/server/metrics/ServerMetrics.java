package io.millrace.server.metrics;

import io.millrace.core.metrics.StageBand;
import io.millrace.core.wire.Status;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.Stage;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All counters of a server.
 *
 * <p>Threading: any thread; {@link #snapshot} callers take turns.
 */
public final class ServerMetrics {
    private final List<WorkerMetrics> workers = new CopyOnWriteArrayList<>();
    private final List<LaneMetrics> lanes = new CopyOnWriteArrayList<>();
    private final ThreadAllocation allocation = new ThreadAllocation();
    private final RefusalCounters httpRefusals = new RefusalCounters();
    private final AtomicLong workerRestarts = new AtomicLong();
    private final Histogram[] stages = new Histogram[Stage.count()];
    private final Histogram service = newHistogram();
    private final long startNs = System.nanoTime();

    /** Makes counters at zero. */
    public ServerMetrics() {
        for (int i = 0; i < stages.length; i++) {
            stages[i] = newHistogram();
        }
    }

    private static Histogram newHistogram() {
        return new Histogram(WorkerMetrics.MAX_NS, WorkerMetrics.DIGITS);
    }

    /**
     * Makes the counters of one more worker.
     *
     * @return written by that worker alone
     */
    public WorkerMetrics newWorker() {
        WorkerMetrics metrics = new WorkerMetrics();
        workers.add(metrics);
        return metrics;
    }

    /**
     * Makes the counters of one more event loop.
     *
     * @return written by that event loop alone
     */
    public LaneMetrics newLane() {
        LaneMetrics metrics = new LaneMetrics();
        lanes.add(metrics);
        return metrics;
    }

    /**
     * What the server's threads have allocated.
     *
     * @return to be told of threads
     */
    public ThreadAllocation allocation() {
        return allocation;
    }

    /**
     * Requests over HTTP that were refused before they became a frame.
     *
     * @return to count
     */
    public RefusalCounters httpRefusals() {
        return httpRefusals;
    }

    /** Counts a worker thread that ended and was replaced; any thread. */
    public void workerRestarted() {
        workerRestarts.incrementAndGet();
    }

    /**
     * How many recommend, similar, search and rank requests were answered with OK.
     *
     * @return so far
     */
    public long requestsServed() {
        return count(RequestKind.RECOMMEND, Status.OK)
                + count(RequestKind.SIMILAR, Status.OK)
                + count(RequestKind.SEARCH, Status.OK)
                + count(RequestKind.RANK, Status.OK);
    }

    /**
     * How many frames were answered, however they ended.
     *
     * @return so far
     */
    public long answered() {
        long answered = 0;
        for (RequestKind kind : RequestKind.values()) {
            for (Status status : Status.values()) {
                answered += count(kind, status);
            }
        }
        return answered;
    }

    private long count(RequestKind kind, Status status) {
        long count = 0;
        for (WorkerMetrics worker : workers) {
            count += worker.outcomes().get(kind, status);
        }
        for (LaneMetrics lane : lanes) {
            count += lane.outcomes().get(kind, status);
        }
        return count;
    }

    /**
     * Adds everything up.
     *
     * @return a copy of its own
     */
    public synchronized ServerStatistics snapshot() {
        List<ServerStatistics.Outcome> outcomes = new ArrayList<>();
        for (RequestKind kind : RequestKind.values()) {
            for (Status status : Status.values()) {
                long count = count(kind, status);
                if (count > 0) {
                    outcomes.add(new ServerStatistics.Outcome(kind, status, count));
                }
            }
        }
        for (WorkerMetrics worker : workers) {
            worker.drainInto(stages, service);
        }
        List<Histogram> stageCopies = new ArrayList<>();
        for (Histogram stage : stages) {
            stageCopies.add(stage.copy());
        }
        long accepted = lanes.stream().mapToLong(lane -> lane.accepted().get()).sum();
        long closed = lanes.stream().mapToLong(lane -> lane.closed().get()).sum();
        return new ServerStatistics(
                System.nanoTime() - startNs,
                outcomes,
                workers.stream().mapToLong(WorkerMetrics::degradedCount).sum(),
                givenUp(),
                refusals(),
                workers.stream().mapToLong(WorkerMetrics::failureCount).sum(),
                workerRestarts.get(),
                workers.stream().mapToLong(WorkerMetrics::abandonedCount).sum(),
                lanes.stream().mapToLong(lane -> lane.inFlight().get()).sum(),
                new ServerStatistics.Connections(
                        accepted - closed,
                        accepted,
                        lanes.stream().mapToLong(lane -> lane.refused().get()).sum(),
                        lanes.stream().mapToLong(lane -> lane.pauses().get()).sum(),
                        lanes.stream().mapToLong(lane -> lane.unread().get()).sum(),
                        lanes.stream().mapToLong(lane -> lane.slowReaders().get()).sum()),
                allocation.bytes(),
                stageCopies,
                service.copy(),
                bands());
    }

    private Map<Lever, Long> givenUp() {
        Map<Lever, Long> counts = new EnumMap<>(Lever.class);
        for (Lever lever : Lever.values()) {
            counts.put(lever, workers.stream().mapToLong(worker -> worker.count(lever)).sum());
        }
        return counts;
    }

    private Map<Refusal, Long> refusals() {
        Map<Refusal, Long> counts = new EnumMap<>(Refusal.class);
        for (Refusal why : Refusal.values()) {
            long byWorkers = workers.stream().mapToLong(worker -> worker.count(why)).sum();
            counts.put(why, byWorkers + lanes.stream().mapToLong(lane -> lane.count(why)).sum());
        }
        return counts;
    }

    private List<StageBand> bands() {
        long[][] totals = StageBands.newTotals();
        for (WorkerMetrics worker : workers) {
            worker.bands().addTo(totals);
        }
        List<StageBand> bands = new ArrayList<>();
        for (int band = 0; band < totals.length; band++) {
            long[] total = totals[band];
            if (StageBands.count(total) > 0) {
                Map<String, Long> stagesNs = new LinkedHashMap<>();
                for (Stage stage : Stage.values()) {
                    stagesNs.put(stage.label(), total[stage.index()]);
                }
                bands.add(
                        new StageBand(
                                band,
                                StageBands.count(total),
                                StageBands.serviceNs(total),
                                stagesNs));
            }
        }
        return bands;
    }
}
