package io.millrace.loadgen;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.loadgen.frame.AnswerCheck;
import io.millrace.loadgen.frame.LoadFrames;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.plan.Requests;
import io.millrace.loadgen.report.LoadTally;
import io.millrace.loadgen.report.TypeReport;
import io.netty.channel.EventLoop;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One run of a plan: what open and closed loops have in common, which is all but when a request
 * leaves.
 *
 * <p>Threading: the event loop, but for {@link #await} and {@link #resolved}, and what is asked
 * after the end. Allocation: a buffer per connection and turn, a timer per turn.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Of timers: they are never cancelled.
abstract sealed class LoadRun implements FrameListener permits PlannedRun, ClosedRun {
    static final long LONGEST_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long LEAD_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final LoadPlan plan;
    private final Requests requests;
    private final LoadTally tally;
    private final EventLoop loop;
    private final LoadConnection[] connections;
    private final LoadFrames frames;
    private final AnswerCheck check;
    private final long timeoutNs;
    private final Runnable turn = this::turn;
    private final CountDownLatch end = new CountDownLatch(1);

    private long startNs;
    private int openConnections;
    private boolean hasEnded;
    private boolean isPartial;
    private long endedNs;
    private long resolvedCount;
    private volatile long resolved;

    LoadRun(
            LoadPlan plan,
            Requests requests,
            LoadTally tally,
            EventLoop loop,
            List<LoadConnection> connections) {
        this.plan = plan;
        this.requests = requests;
        this.tally = tally;
        this.loop = loop;
        this.connections = connections.toArray(new LoadConnection[0]);
        this.frames = new LoadFrames(plan, requests);
        this.check = new AnswerCheck(plan.k());
        this.timeoutNs = TimeUnit.MILLISECONDS.toNanos(plan.timeoutMs());
        this.openConnections = this.connections.length;
    }

    /** Begins soon, on the event loop. */
    final void start() {
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

    /** Does what is due now, and has itself called again unless the run is over. */
    abstract void turn();

    /** An answer has come, which {@link #count} takes. */
    abstract void answered(long correlationId, long nowNs);

    /** Gives up what is under way on a connection that is gone. */
    abstract void loseUnderWay(int connection, String why);

    /** Gives up what was never sent, for nothing can be sent any more. */
    abstract void loseRest(String why);

    /** Requests that were to be measured; after the end. */
    abstract long planned();

    /** What became of each type of them; after the end. */
    abstract List<TypeReport> types();

    final void turnIn(long ns) {
        if (ns <= 0) {
            loop.execute(turn);
        } else {
            loop.schedule(turn, ns, TimeUnit.NANOSECONDS);
        }
    }

    final long startNs() {
        return startNs;
    }

    final long measuredStartNs() {
        return startNs + TimeUnit.MILLISECONDS.toNanos(plan.warmupMs());
    }

    final long timeoutNs() {
        return timeoutNs;
    }

    final LoadTally tally() {
        return tally;
    }

    final LoadConnection[] connections() {
        return connections;
    }

    final LoadFrames frames() {
        return frames;
    }

    final boolean hasEnded() {
        return hasEnded;
    }

    /** The fate of a request is known. */
    final void resolve() {
        resolvedCount++;
    }

    final long resolvedCount() {
        return resolvedCount;
    }

    /** Lets other threads see how many fates are known. */
    final void tell() {
        resolved = resolvedCount;
    }

    @Override
    @HotPath
    public final void frame(LoadConnection connection, DirectBuffer buffer, int frame, long nowNs) {
        if (FrameLayout.templateId(buffer, frame) != ResultResponseDecoder.TEMPLATE_ID) {
            connection.close("answered with a message of another kind");
            return;
        }
        check.read(buffer, frame);
        long id = FrameLayout.correlationId(buffer, frame);
        if (id == FrameLayout.NO_CORRELATION_ID) {
            tally.fail(check.status() + ": " + check.message());
        } else {
            answered(id, nowNs);
        }
    }

    /** Counts the answer that is being looked at, to a request that is measured. */
    @HotPath
    final void count(int request, long nowNs, long latencyNs, long serviceNs) {
        Status status = check.status();
        RequestType type = requests.type(request);
        if (status != Status.OK) {
            tally.notAnswered(type, status, check.message());
            return;
        }
        tally.answered(
                type,
                nowNs,
                latencyNs,
                serviceNs,
                check.degraded(),
                frames.isSensible(request, check));
        if (type == RequestType.RECOMMEND) {
            tally.samples().addRecommended(requests.id(request), filterOf(request), check);
        } else if (type == RequestType.SEARCH) {
            tally.samples().addFound((int) requests.id(request), filterOf(request), check);
        }
    }

    private @Nullable String filterOf(int request) {
        return plan.mix().filters().text(requests.variant(request));
    }

    @Override
    public final void closed(LoadConnection connection, String why) {
        if (hasEnded) {
            return;
        }
        isPartial = true;
        String reason = "connection lost: " + why;
        tally.fail(reason);
        loseUnderWay(connection.number(), reason);
        openConnections--;
        if (openConnections == 0) {
            // What is left is lost, not waited for.
            loseRest(reason);
            end();
        }
    }

    final void end() {
        hasEnded = true;
        endedNs = System.nanoTime();
        tell();
        tally.end();
        end.countDown();
    }

    /** Waits for the end; false if it has not come yet. */
    final boolean await(long ms) throws InterruptedException {
        return end.await(ms, TimeUnit.MILLISECONDS);
    }

    /** Requests whose fate is known; any thread may ask. */
    final long resolved() {
        return resolved;
    }

    /** Whether a connection was lost; after the end. */
    final boolean isPartial() {
        return isPartial;
    }

    /** Time that the answers are spread over; after the end. */
    final long elapsedNs() {
        if (openConnections == 0) {
            return Math.max(1, endedNs - measuredStartNs());
        }
        long plannedNs = TimeUnit.MILLISECONDS.toNanos(plan.durationMs());
        return Math.max(plannedNs, tally.answeringNs());
    }
}
