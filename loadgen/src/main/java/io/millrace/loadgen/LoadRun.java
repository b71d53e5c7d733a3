package io.millrace.loadgen;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.loadgen.frame.AnswerCheck;
import io.millrace.loadgen.frame.LoadFrames;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadSchedule;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.report.LoadTally;
import io.netty.channel.EventLoop;

import org.agrona.DirectBuffer;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One run of a schedule. The correlation id of a request is its place in the schedule, so that an
 * answer finds its intended and actual start in arrays.
 *
 * <p>Threading: the event loop, but for {@link #await} and {@link #resolved}. Allocation: a buffer
 * per connection and turn, a timer per turn.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Of timers: they are never cancelled.
final class LoadRun implements FrameListener {
    private static final byte PLANNED = 0;
    private static final byte IN_FLIGHT = 1;
    private static final byte RESOLVED = 2;

    /** A turn sends no more than this before it lets answers in. */
    private static final int TURN_REQUESTS = 256;

    private static final long LONGEST_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LEAD_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final LoadPlan plan;
    private final LoadSchedule schedule;
    private final LoadTally tally;
    private final EventLoop loop;
    private final LoadConnection[] connections;
    private final LoadFrames frames;
    private final AnswerCheck check;
    private final long[] sentNs;
    private final byte[] states;
    private final long timeoutNs;
    private final Runnable turn = this::turn;
    private final CountDownLatch end = new CountDownLatch(1);

    private long startNs;
    private int next;
    private int oldest;
    private int openConnections;
    private boolean hasEnded;
    private boolean isPartial;
    private long endNs;
    private int resolvedCount;
    private volatile int resolved;

    LoadRun(
            LoadPlan plan,
            LoadSchedule schedule,
            LoadTally tally,
            EventLoop loop,
            List<LoadConnection> connections) {
        this.plan = plan;
        this.schedule = schedule;
        this.tally = tally;
        this.loop = loop;
        this.connections = connections.toArray(new LoadConnection[0]);
        this.frames = new LoadFrames(plan, schedule);
        this.check = new AnswerCheck(plan.k());
        this.sentNs = new long[schedule.count()];
        this.states = new byte[schedule.count()];
        this.timeoutNs = TimeUnit.MILLISECONDS.toNanos(plan.timeoutMs());
        this.openConnections = this.connections.length;
    }

    void start() {
        loop.execute(
                () -> {
                    startNs = System.nanoTime() + LEAD_NS;
                    tally.begin(measuredStartNs());
                    for (LoadConnection connection : connections) {
                        connection.listen(this);
                    }
                    turn();
                });
    }

    private long measuredStartNs() {
        return startNs + TimeUnit.MILLISECONDS.toNanos(plan.warmupMs());
    }

    @HotPath
    private void turn() {
        if (hasEnded) {
            return;
        }
        long nowNs = System.nanoTime();
        int first = next;
        int last = (int) Math.min(schedule.count(), (long) next + TURN_REQUESTS);
        while (next < last && intendedNs(next) - nowNs <= 0) {
            dispatch(next++, nowNs);
            nowNs = System.nanoTime();
        }
        // Not all of thousands: only those that have something to send.
        int written = Math.min(next - first, connections.length);
        for (int i = 0; i < written; i++) {
            connections[(first + i) % connections.length].flush();
        }
        expire(nowNs);
        if (next < schedule.count()) {
            tally.tick(nowNs);
        }
        if (nowNs - lastEndNs() > 0) {
            // Sending what is past its time already would only measure this machine.
            loseRest("the generator fell behind its plan");
        }
        resolved = resolvedCount;
        if (hasEnded) {
            return;
        }
        if (resolvedCount == schedule.count()) {
            end();
        } else {
            sleep(nowNs);
        }
    }

    private long lastEndNs() {
        return startNs + schedule.lastIntendedNs() + timeoutNs;
    }

    private void loseRest(String why) {
        while (next < schedule.count()) {
            lose(next++, why);
        }
    }

    private void sleep(long nowNs) {
        long gapNs = next < schedule.count() ? intendedNs(next) - nowNs : LONGEST_SLEEP_NS;
        if (gapNs <= 0) {
            loop.execute(turn);
        } else {
            loop.schedule(turn, Math.min(gapNs, LONGEST_SLEEP_NS), TimeUnit.NANOSECONDS);
        }
    }

    private long intendedNs(int request) {
        return startNs + schedule.intendedNs(request);
    }

    private boolean isMeasured(int request) {
        return request >= schedule.warmups();
    }

    @HotPath
    private void dispatch(int request, long nowNs) {
        LoadConnection connection = connections[request % connections.length];
        if (!connection.isOpen()) {
            lose(request, "connection lost: closed before");
            return;
        }
        states[request] = IN_FLIGHT;
        sentNs[request] = nowNs;
        frames.append(connection.output(), request);
        if (isMeasured(request)) {
            tally.sent(schedule.type(request), nowNs - intendedNs(request));
        }
    }

    /** Gives up requests past their time; they time out in the order they were planned. */
    private void expire(long nowNs) {
        while (oldest < next) {
            if (states[oldest] == IN_FLIGHT) {
                if (nowNs - intendedNs(oldest) <= timeoutNs) {
                    return;
                }
                resolve(oldest);
                if (isMeasured(oldest)) {
                    tally.timedOut(schedule.type(oldest));
                }
            }
            oldest++;
        }
    }

    private void resolve(int request) {
        states[request] = RESOLVED;
        resolvedCount++;
    }

    private void lose(int request, String why) {
        resolve(request);
        if (isMeasured(request)) {
            tally.lost(schedule.type(request), why);
        }
    }

    @Override
    @HotPath
    public void frame(LoadConnection connection, DirectBuffer buffer, int frame, long nowNs) {
        if (FrameLayout.templateId(buffer, frame) != ResultResponseDecoder.TEMPLATE_ID) {
            connection.close("answered with a message of another kind");
            return;
        }
        check.read(buffer, frame);
        long id = FrameLayout.correlationId(buffer, frame);
        if (id == FrameLayout.NO_CORRELATION_ID) {
            tally.fail(check.status() + ": " + check.message());
        } else if (id < 0 || id >= next || states[(int) id] != IN_FLIGHT) {
            tally.late();
        } else {
            resolve((int) id);
            if (isMeasured((int) id)) {
                count((int) id, nowNs);
            }
        }
    }

    private void count(int request, long nowNs) {
        Status status = check.status();
        RequestType type = schedule.type(request);
        if (status != Status.OK) {
            tally.notAnswered(type, status, check.message());
            return;
        }
        tally.answered(
                type,
                nowNs,
                nowNs - intendedNs(request),
                nowNs - sentNs[request],
                check.degraded(),
                frames.isSensible(request, check));
        if (type == RequestType.RECOMMEND) {
            tally.samples().addRecommended(schedule.id(request), check);
        } else if (type == RequestType.SEARCH) {
            tally.samples().addFound((int) schedule.id(request), check);
        }
    }

    @Override
    public void closed(LoadConnection connection, String why) {
        if (hasEnded) {
            return;
        }
        isPartial = true;
        String reason = "connection lost: " + why;
        tally.fail(reason);
        for (int i = oldest; i < next; i++) {
            if (states[i] == IN_FLIGHT && i % connections.length == connection.number()) {
                lose(i, reason);
            }
        }
        openConnections--;
        if (openConnections == 0) {
            // Nothing more can be sent: the rest of the plan is lost, not waited for.
            loseRest(reason);
            end();
        }
    }

    private void end() {
        hasEnded = true;
        endNs = System.nanoTime();
        resolved = resolvedCount;
        assert states.length == 0 || states[states.length - 1] != PLANNED : "left out requests";
        tally.end();
        end.countDown();
    }

    /** Waits for the end; false if it has not come yet. */
    boolean await(long ms) throws InterruptedException {
        return end.await(ms, TimeUnit.MILLISECONDS);
    }

    /** Requests whose fate is known; any thread may ask. */
    int resolved() {
        return resolved;
    }

    /** Whether a connection was lost; after the end. */
    boolean isPartial() {
        return isPartial;
    }

    /** Time that the answers are spread over; after the end. */
    long elapsedNs() {
        if (openConnections == 0) {
            return Math.max(1, endNs - measuredStartNs());
        }
        long plannedNs = TimeUnit.MILLISECONDS.toNanos(plan.durationMs());
        return Math.max(plannedNs, tally.answeringNs());
    }
}
