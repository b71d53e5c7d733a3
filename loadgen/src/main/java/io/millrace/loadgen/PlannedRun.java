package io.millrace.loadgen;

import io.millrace.core.HotPath;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadSchedule;
import io.millrace.loadgen.report.LoadTally;
import io.millrace.loadgen.report.TypeReport;
import io.netty.channel.EventLoop;

import java.util.List;

/**
 * One run of a schedule. The correlation id of a request is its place in the schedule, so that an
 * answer finds its intended and actual start in arrays.
 *
 * <p>Threading, Allocation: as {@link LoadRun}.
 */
final class PlannedRun extends LoadRun {
    private static final byte PLANNED = 0;
    private static final byte IN_FLIGHT = 1;
    private static final byte RESOLVED = 2;

    /** A turn sends no more than this before it lets answers in. */
    private static final int TURN_REQUESTS = 256;

    private final LoadSchedule schedule;
    private final long[] sentNs;
    private final byte[] states;

    private int next;
    private int oldest;

    PlannedRun(
            LoadPlan plan,
            LoadSchedule schedule,
            LoadTally tally,
            EventLoop loop,
            List<LoadConnection> connections) {
        super(plan, schedule, tally, loop, connections);
        this.schedule = schedule;
        this.sentNs = new long[schedule.count()];
        this.states = new byte[schedule.count()];
    }

    @Override
    @HotPath
    void turn() {
        if (hasEnded()) {
            return;
        }
        LoadConnection[] connections = connections();
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
            tally().tick(nowNs);
        }
        if (nowNs - lastEndNs() > 0) {
            // Sending what is past its time already would only measure this machine.
            loseRest("the generator fell behind its plan");
        }
        tell();
        if (hasEnded()) {
            return;
        }
        if (resolvedCount() == schedule.count()) {
            endWhole();
        } else {
            long gapNs = next < schedule.count() ? intendedNs(next) - nowNs : LONGEST_SLEEP_NS;
            turnIn(Math.min(gapNs, LONGEST_SLEEP_NS));
        }
    }

    private void endWhole() {
        assert states.length == 0 || states[states.length - 1] != PLANNED : "left out requests";
        end();
    }

    private long lastEndNs() {
        return startNs() + schedule.lastIntendedNs() + timeoutNs();
    }

    @Override
    void loseRest(String why) {
        while (next < schedule.count()) {
            lose(next++, why);
        }
    }

    private long intendedNs(int request) {
        return startNs() + schedule.intendedNs(request);
    }

    private boolean isMeasured(int request) {
        return request >= schedule.warmups();
    }

    @HotPath
    private void dispatch(int request, long nowNs) {
        LoadConnection connection = connections()[request % connections().length];
        if (!connection.isOpen()) {
            lose(request, "connection lost: closed before");
            return;
        }
        states[request] = IN_FLIGHT;
        sentNs[request] = nowNs;
        frames().append(connection.output(), request, request);
        if (isMeasured(request)) {
            tally().sent(schedule.type(request), nowNs - intendedNs(request));
        }
    }

    /** Gives up requests past their time; they time out in the order they were planned. */
    private void expire(long nowNs) {
        while (oldest < next) {
            if (states[oldest] == IN_FLIGHT) {
                if (nowNs - intendedNs(oldest) <= timeoutNs()) {
                    return;
                }
                resolve(oldest);
                if (isMeasured(oldest)) {
                    tally().timedOut(schedule.type(oldest));
                }
            }
            oldest++;
        }
    }

    private void resolve(int request) {
        states[request] = RESOLVED;
        resolve();
    }

    private void lose(int request, String why) {
        resolve(request);
        if (isMeasured(request)) {
            tally().lost(schedule.type(request), why);
        }
    }

    @Override
    @HotPath
    void answered(long id, long nowNs) {
        if (id < 0 || id >= next || states[(int) id] != IN_FLIGHT) {
            tally().late();
            return;
        }
        int request = (int) id;
        resolve(request);
        if (isMeasured(request)) {
            count(request, nowNs, nowNs - intendedNs(request), nowNs - sentNs[request]);
        }
    }

    @Override
    void loseUnderWay(int connection, String why) {
        for (int i = oldest; i < next; i++) {
            if (states[i] == IN_FLIGHT && i % connections().length == connection) {
                lose(i, why);
            }
        }
    }

    @Override
    long planned() {
        return (long) schedule.count() - schedule.warmups();
    }

    @Override
    List<TypeReport> types() {
        return tally().types(schedule::measured);
    }
}
