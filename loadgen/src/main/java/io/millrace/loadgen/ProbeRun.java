package io.millrace.loadgen;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ResultResponseDecoder;
import io.millrace.loadgen.frame.AnswerCheck;
import io.millrace.loadgen.frame.RequestFrames;

import org.agrona.DirectBuffer;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The closed loop of {@link CapacityProbe}: every answer sends the next request.
 *
 * <p>Threading: {@link #run} by the caller, the rest by the event loop. Allocation: a buffer per
 * read.
 */
final class ProbeRun implements FrameListener {
    static final int CONNECTIONS = 2;

    private static final int DEPTH_PER_CONNECTION = 16;
    private static final double NS_PER_SECOND = 1e9;
    private static final double NS_PER_MS = 1e6;

    private final long[] userIds;
    private final RequestFrames frames;
    private final AnswerCheck check;
    private final CountDownLatch lost = new CountDownLatch(1);
    private long measuredFromNs;
    private long measuredToNs;
    private long lastNs;
    private long next;
    private long answered;
    private long notAnswered;
    private boolean isOver;
    private String why = "";

    ProbeRun(long[] userIds, int k) {
        this.userIds = userIds;
        this.frames = new RequestFrames(k, 0, 0);
        this.check = new AnswerCheck(k);
    }

    void run(LoadLoop loop, long durationMs) throws InterruptedException {
        loop.eventLoop()
                .submit(
                        () -> {
                            long nowNs = System.nanoTime();
                            long durationNs = TimeUnit.MILLISECONDS.toNanos(durationMs);
                            measuredFromNs = nowNs + durationNs / 4;
                            measuredToNs = nowNs + durationNs;
                            lastNs = measuredFromNs;
                            for (LoadConnection connection : loop.connections()) {
                                connection.listen(this);
                                for (int i = 0; i < DEPTH_PER_CONNECTION; i++) {
                                    ask(connection);
                                }
                                connection.flush();
                            }
                        })
                .syncUninterruptibly();
        boolean isLost = lost.await(durationMs, TimeUnit.MILLISECONDS);
        // What follows on this thread sees all that the event loop wrote.
        loop.eventLoop().submit(() -> isOver = true).syncUninterruptibly();
        if (isLost) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "the server went away during the probe: reason="
                            + why
                            + "; look at the server's log",
                    null);
        }
    }

    @HotPath
    private void ask(LoadConnection connection) {
        if (connection.isOpen()) {
            long userId = userIds[(int) (next % userIds.length)];
            frames.appendRecommend(connection.output(), next, userId);
            next++;
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
        boolean isOwn = FrameLayout.correlationId(buffer, frame) != FrameLayout.NO_CORRELATION_ID;
        if (isOwn && nowNs - measuredFromNs >= 0 && nowNs - measuredToNs < 0) {
            if (check.status() == Status.OK) {
                answered++;
            } else {
                notAnswered++;
            }
            lastNs = nowNs;
        }
        if (isOwn && !isOver) {
            // Leaves when all frames of this read are taken.
            ask(connection);
        }
    }

    @Override
    public void closed(LoadConnection connection, String reason) {
        why = reason;
        lost.countDown();
    }

    /** The estimate, after the run. */
    CapacityEstimate estimate() {
        if (answered == 0) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "the server answered nothing during the probe: notAnswered="
                            + notAnswered
                            + "; probe longer or look at its log",
                    null);
        }
        long measuredNs = Math.max(1, lastNs - measuredFromNs);
        return new CapacityEstimate(
                answered / (measuredNs / NS_PER_SECOND),
                answered,
                notAnswered,
                CONNECTIONS * DEPTH_PER_CONNECTION,
                measuredNs / NS_PER_MS);
    }
}
