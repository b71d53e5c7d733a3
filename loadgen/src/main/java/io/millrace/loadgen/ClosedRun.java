package io.millrace.loadgen;

import io.millrace.core.HotPath;
import io.millrace.loadgen.plan.ClosedRequests;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.report.LoadTally;
import io.millrace.loadgen.report.TypeReport;
import io.netty.channel.EventLoop;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of a closed loop. There are as many places as requests under way, dealt to the
 * connections in turn; the answer to the request of a place sends the next one of it. A request
 * that is not answered in time counts as such, but its place waits on for the answer: there are
 * never more under way than wanted, however slow the server is.
 *
 * <p>Threading, Allocation: as {@link LoadRun}.
 */
final class ClosedRun extends LoadRun {
    private static final byte IDLE = 0;
    private static final byte WARM_UP = 1;
    private static final byte MEASURED = 2;
    private static final byte GIVEN_UP = 3;

    /** A turn looks at no more places than this before it lets answers in. */
    private static final int TURN_LOOKS = 1 << 16;

    private final ClosedRequests requests;
    private final long durationNs;
    private final byte[] states;
    private final long[] sentNs;

    /** Correlation ids: those of a place are the place itself and so many places more each time. */
    private final long[] ids;

    private boolean hasBegun;
    private int awaited;
    private int looked;
    private long sent;

    ClosedRun(
            LoadPlan plan,
            ClosedRequests requests,
            LoadTally tally,
            EventLoop loop,
            List<LoadConnection> connections) {
        super(plan, requests, tally, loop, connections);
        this.requests = requests;
        this.durationNs = TimeUnit.MILLISECONDS.toNanos(plan.durationMs());
        this.states = new byte[plan.underWay()];
        this.sentNs = new long[plan.underWay()];
        this.ids = new long[plan.underWay()];
        Arrays.setAll(ids, place -> (long) place - ids.length);
    }

    @Override
    void turn() {
        if (hasEnded()) {
            return;
        }
        long nowNs = System.nanoTime();
        if (!hasBegun && nowNs - startNs() >= 0) {
            begin();
        }
        expire(nowNs);
        if (nowNs - endNs() < 0) {
            tally().tick(nowNs);
        }
        tell();
        if (nowNs - endNs() >= 0 && awaited == 0) {
            end();
        } else {
            long gapNs = hasBegun ? LONGEST_SLEEP_NS : startNs() - nowNs;
            turnIn(Math.min(gapNs, LONGEST_SLEEP_NS));
        }
    }

    private long endNs() {
        return measuredStartNs() + durationNs;
    }

    private void begin() {
        hasBegun = true;
        for (int place = 0; place < states.length; place++) {
            ask(place);
        }
        for (LoadConnection connection : connections()) {
            connection.flush();
        }
    }

    /** Sends the next request of a place, unless there are none any more. */
    @HotPath
    private void ask(int place) {
        LoadConnection connection = connections()[place % connections().length];
        long nowNs = System.nanoTime();
        if (nowNs - endNs() >= 0 || !connection.isOpen()) {
            return;
        }
        ids[place] += ids.length;
        sentNs[place] = nowNs;
        requests.draw(place, nowNs - startNs());
        frames().append(connection.output(), ids[place], place);
        awaited++;
        if (nowNs - measuredStartNs() >= 0) {
            states[place] = MEASURED;
            sent++;
            tally().sent(requests.type(place));
        } else {
            states[place] = WARM_UP;
        }
    }

    /** Gives up requests past their time, which are in no order: looks at one after the other. */
    private void expire(long nowNs) {
        int looks = Math.min(TURN_LOOKS, states.length);
        for (int i = 0; i < looks; i++) {
            int place = looked;
            looked = (looked + 1) % states.length;
            if (isAwaited(place) && nowNs - sentNs[place] > timeoutNs()) {
                if (states[place] == MEASURED) {
                    tally().timedOut(requests.type(place));
                }
                leave(place, GIVEN_UP);
            }
        }
    }

    private boolean isAwaited(int place) {
        return states[place] == WARM_UP || states[place] == MEASURED;
    }

    private void leave(int place, byte state) {
        states[place] = state;
        awaited--;
        resolve();
    }

    @Override
    @HotPath
    void answered(long id, long nowNs) {
        int place = (int) Math.floorMod(id, (long) ids.length);
        if (ids[place] != id || states[place] == IDLE) {
            tally().late();
            return;
        }
        if (states[place] == GIVEN_UP) {
            tally().late();
            states[place] = IDLE;
        } else {
            if (states[place] == MEASURED) {
                long serviceNs = nowNs - sentNs[place];
                count(place, nowNs, serviceNs, serviceNs);
            }
            leave(place, IDLE);
        }
        // Leaves when all frames of this read are taken.
        ask(place);
    }

    @Override
    void loseUnderWay(int connection, String why) {
        for (int place = connection; place < states.length; place += connections().length) {
            if (isAwaited(place)) {
                if (states[place] == MEASURED) {
                    tally().lost(requests.type(place), why);
                }
                leave(place, IDLE);
            }
        }
    }

    @Override
    void loseRest(String why) {
        // Nothing is planned that answers have not sent.
    }

    @Override
    long planned() {
        return sent;
    }

    @Override
    List<TypeReport> types() {
        return tally().types();
    }
}
