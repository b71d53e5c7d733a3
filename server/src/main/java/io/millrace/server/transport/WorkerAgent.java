package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.server.admission.Backlog;
import io.millrace.server.admission.EffortControl;
import io.millrace.server.admission.ServicePace;
import io.millrace.server.admission.WorkerLoad;
import io.millrace.server.config.ServerConfig.Idle;
import io.millrace.server.explain.Explanation;
import io.millrace.server.explain.ExplanationWriter;
import io.millrace.server.metrics.RequestEvent;
import io.millrace.server.metrics.WorkerMetrics;
import io.millrace.server.request.Answer;
import io.millrace.server.request.AnswerWriter;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers the requests of its queue, one after the other, with as much effort as the time of all
 * that wait allows. Whatever a request does to the funnel, the agent answers it and goes on; an
 * error elsewhere is answered, too, and thrown.
 *
 * <p>Threading: one worker thread at a time. Allocation: none per request, but explain requests.
 */
@HotPath
final class WorkerAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerAgent.class);
    private static final String DEFECT = "internal error; see the server's log";
    private static final int LATE = -1;
    private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final ManyToOneConcurrentArrayQueue<RequestSlot> queue;
    private final IdleStrategy idle;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final int number;
    private final WorkerMetrics metrics;
    private final Backlog<RequestSlot> backlog;
    private final WorkerLoad load = new WorkerLoad();
    private final ServicePace pace = new ServicePace();
    private final EffortControl effort = new EffortControl(pace);
    private final AnswerWriter writer = new AnswerWriter();
    private final StageClock clock = new StageClock();
    private final RequestEvent event = new RequestEvent();

    private long lastLogNs = System.nanoTime() - LOG_INTERVAL_NS;

    WorkerAgent(String name, int number, int capacity, Idle idle, WorkerMetrics metrics) {
        this.name = name;
        this.number = number;
        this.queue = new ManyToOneConcurrentArrayQueue<>(Math.max(2, capacity));
        this.backlog = new Backlog<>(capacity);
        this.idle = newIdle(idle, queue);
        this.metrics = metrics;
    }

    private static IdleStrategy newIdle(Idle idle, Queue<?> queue) {
        return switch (idle) {
            case SPIN -> new BusySpinIdleStrategy();
            case YIELD -> new YieldingIdleStrategy();
            case BACKOFF -> new BackoffIdleStrategy(100, 10, 1_000, 100_000);
            case PARK -> new ParkingIdle(queue);
        };
    }

    IdleStrategy idle() {
        return idle;
    }

    /** Requests handed over and not yet answered. */
    int outstanding() {
        return outstanding.get();
    }

    /** Whether a request can be answered by its deadline here; called by event loops. */
    boolean admits(Request request) {
        long targetNs = WorkerLoad.targetNs(request.arrivalNs(), request.deadlineNs());
        long shortestNs = pace.shortestNs(request.kind());
        return load.admits(System.nanoTime(), targetNs, shortestNs);
    }

    /** Hands a request over; called by event loops. */
    void submit(RequestSlot slot) {
        slot.shortest(pace.shortestNs(slot.request().kind()));
        load.handedOver(slot.shortestNs());
        outstanding.incrementAndGet();
        if (!queue.offer(slot)) {
            throw new IllegalStateException("more requests in flight than there are slots");
        }
        wake();
    }

    /** Makes a sleeping worker look around. */
    void wake() {
        if (idle instanceof ParkingIdle parking) {
            parking.wake();
        }
    }

    @Override
    public int doWork() {
        for (RequestSlot slot = queue.poll(); slot != null; slot = queue.poll()) {
            backlog.add(slot, targetNs(slot.request()), slot.shortestNs());
        }
        long spareNs = backlog.spareNs(System.nanoTime());
        RequestSlot slot = backlog.poll();
        if (slot == null) {
            return 0;
        }
        load.taken(slot.shortestNs());
        serve(slot, spareNs);
        return 1;
    }

    private static long targetNs(Request request) {
        return request.hasDeadline()
                ? WorkerLoad.targetNs(request.arrivalNs(), request.deadlineNs())
                : Backlog.ANY_TIME;
    }

    private void serve(RequestSlot slot, long spareNs) {
        slot.written(0);
        boolean isHandedOn = false;
        try {
            isHandedOn = answerIfWanted(slot, spareNs);
        } catch (Throwable t) { // It ends the thread, but whoever waits is told all the same.
            answerDefect(slot);
            throw t;
        } finally {
            load.ended();
            outstanding.decrementAndGet();
            if (!isHandedOn) {
                slot.lane().finish(slot);
            }
        }
    }

    /** What came of the request is not known; an answer that is written already stays. */
    private void answerDefect(RequestSlot slot) {
        if (slot.frameBytes() == 0) {
            metrics.failed();
            slot.answer().clear();
            slot.answer().fail(Status.INTERNAL, DEFECT);
            encode(slot, slot.request(), slot.answer());
        }
    }

    /** Answers, or returns true for a change that another thread is to make and to answer. */
    private boolean answerIfWanted(RequestSlot slot, long spareNs) {
        Request request = slot.request();
        Answer answer = slot.answer();
        ServedFunnel served = slot.owner().served();
        answer.clear();
        if (!slot.connection().isOpen()) {
            metrics.abandoned();
            return false;
        }
        long now = System.nanoTime();
        clock.start(now);
        event.begin();
        clock.note(Stage.DECODE, request.decodedNs() - request.arrivalNs());
        clock.note(Stage.QUEUE, now - request.decodedNs());
        int level = LATE;
        if (request.hasDeadline() && now - request.deadlineNs() >= 0) {
            answer.fail(Status.DEADLINE_EXCEEDED, "deadline passed before work began");
        } else {
            level = begin(request, now, spareNs);
            answer(served, request, answer);
        }
        boolean isSoundChange = request.kind().isChange() && answer.status() == Status.OK;
        if (isSoundChange && served.changes().submit(slot)) {
            return true;
        }
        encode(slot, request, answer);
        if (level != LATE) {
            learn(request, answer, level, System.nanoTime() - now);
        }
        return false;
    }

    /** Chooses how much is given up, and tells event loops how long it will take. */
    private int begin(Request request, long nowNs, long spareNs) {
        int level = effort.level(request.kind(), spareNs, backlog.size());
        request.giveUp(Lever.givenUpAt(level));
        long expectedNs = pace.expectedNs(request.kind(), level);
        if (expectedNs > 0) {
            load.begun(nowNs + expectedNs);
        }
        return level;
    }

    /** What was refused is no measure, nor what hurried on its way for want of time. */
    private void learn(Request request, Answer answer, int level, long ns) {
        boolean isAsBegun = (answer.degraded() & ~Lever.givenUpAt(level)) == 0;
        if (answer.status() == Status.OK && isAsBegun) {
            pace.took(request.kind(), level, ns);
        }
    }

    private void answer(ServedFunnel served, Request request, Answer answer) {
        try {
            served.worker(number).answer(request, answer, clock);
        } catch (Throwable t) { // One broken request must not take the server with it.
            log(t);
            metrics.failed();
            answer.fail(Status.INTERNAL, DEFECT);
        }
    }

    private void encode(RequestSlot slot, Request request, Answer answer) {
        long beginNs = System.nanoTime();
        long serviceNs = beginNs - request.arrivalNs();
        long fingerprint = slot.owner().served().fingerprint();
        Explanation explanation = answer.explanation();
        if (explanation == null) {
            slot.written(writeAnswer(slot, request, answer, beginNs, fingerprint));
        } else {
            slot.written(
                    ExplanationWriter.write(
                            explanation, request.correlationId(), serviceNs, fingerprint));
        }
        clock.note(Stage.ENCODE, System.nanoTime() - beginNs);
        metrics.answered(request.kind(), answer, clock, serviceNs);
        event.answered(request.kind(), answer.status(), clock, serviceNs);
    }

    private int writeAnswer(
            RequestSlot slot, Request request, Answer answer, long beginNs, long fingerprint) {
        long serviceNs = beginNs - request.arrivalNs();
        return request.isTraced()
                ? writer.writeTraced(
                        answer,
                        request.correlationId(),
                        serviceNs,
                        fingerprint,
                        clock,
                        beginNs,
                        slot.frameView(),
                        0)
                : writer.write(
                        answer,
                        request.correlationId(),
                        serviceNs,
                        fingerprint,
                        slot.frameView(),
                        0);
    }

    private void log(Throwable t) {
        long now = System.nanoTime();
        if (now - lastLogNs >= LOG_INTERVAL_NS) {
            lastLogNs = now;
            LOG.error("request failed: worker={}", name, t);
        }
    }

    @Override
    public String roleName() {
        return name;
    }
}
