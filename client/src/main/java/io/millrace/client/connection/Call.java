package io.millrace.client.connection;

import io.millrace.client.connection.Timers.Timer;
import io.millrace.client.message.AnswerFrames;
import io.millrace.client.message.RequestFrame;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One request from when it was asked to its end, which comes by its deadline at the latest: over
 * one connection or, when it is sent again, over several.
 *
 * <p>Threading: the event loop, but for the constructor, {@link #future} and {@link #isOver}.
 */
final class Call<A> implements Exchange {
    private final RequestFrame<A> request;
    private final Duration deadline;
    private final long deadlineNs;
    private final Executor completion;
    private final Dispatcher dispatcher;
    private final CompletableFuture<A> future = new CompletableFuture<>();

    private @Nullable Timer timer;
    private @Nullable Connection connection;
    private long correlationId;
    private int attempts;

    /** Addresses that would not do it, and how it ends if no other does. */
    private Set<Address> refusedBy = Set.of();

    private @Nullable Runnable refusal;
    private volatile boolean isOver;

    /**
     * Makes a call whose deadline runs from now on.
     *
     * @param completion on which the future is completed.
     */
    Call(RequestFrame<A> request, Duration deadline, Executor completion, Dispatcher dispatcher) {
        this.request = request;
        this.deadline = deadline;
        this.deadlineNs = System.nanoTime() + deadline.toNanos();
        this.completion = completion;
        this.dispatcher = dispatcher;
    }

    CompletableFuture<A> future() {
        return future;
    }

    boolean isOver() {
        return isOver;
    }

    String label() {
        return request.label();
    }

    void startTimer(Timers timers) {
        timer = timers.schedule(deadlineNs, this::expire);
    }

    private void expire() {
        Connection current = connection;
        fail(Failures.late(label(), current == null ? null : current.address(), deadline));
    }

    /** Whether it may go there: not where it was refused already. */
    boolean mayGoTo(Address address) {
        return !refusedBy.contains(address);
    }

    /** Whether it was refused somewhere and may only go to another address. */
    boolean hasRefusal() {
        return refusal != null;
    }

    /** Puts the request on a connection; in time, or not at all. */
    void sendOver(Connection chosen) {
        long nowNs = System.nanoTime();
        if (leftUs(nowNs) == 0) {
            expire();
            return;
        }
        attempts++;
        connection = chosen;
        correlationId = chosen.send(this, nowNs);
    }

    private long leftUs(long nowNs) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMicros(deadlineNs - nowNs));
    }

    @Override
    public ByteBuffer leaving(long id, long nowNs) {
        return request.leaving(id, leftUs(nowNs));
    }

    @Override
    public void answered(DirectBuffer frame) {
        Connection from = leaveConnection();
        Runnable ending = ending(frame);
        Status status = AnswerFrames.status(frame);
        if (status == Status.SHUTTING_DOWN) {
            from.leave();
        }
        if (status == Status.OVERLOADED || status == Status.SHUTTING_DOWN) {
            refuse(from.address(), ending);
            if (dispatcher.hasOtherFor(this) && tryAgain()) {
                return;
            }
        }
        ending.run();
    }

    private Runnable ending(DirectBuffer frame) {
        try {
            A answer = request.read(frame);
            return () -> succeed(answer);
        } catch (MillraceException e) {
            return () -> fail(e);
        }
    }

    private void refuse(Address from, Runnable ending) {
        if (refusedBy.isEmpty()) {
            refusedBy = new HashSet<>();
        }
        refusedBy.add(from);
        refusal = ending;
    }

    @Override
    public void unreadable(MillraceException why) {
        leaveConnection();
        fail(why);
    }

    @Override
    public void lost(MillraceException why, boolean isWritten) {
        leaveConnection();
        if (!isWritten) {
            // The server has seen nothing of it: this was no attempt.
            attempts--;
            dispatcher.enqueue(this);
        } else if (!tryAgain()) {
            fail(why);
        }
    }

    private Connection leaveConnection() {
        Connection left = Objects.requireNonNull(connection, "not under way");
        connection = null;
        return left;
    }

    /** Waits a moment and goes to the queue again, where that is safe and there is time. */
    private boolean tryAgain() {
        RetryPolicy policy = dispatcher.retryPolicy();
        if (!request.isRead() || attempts >= policy.attempts()) {
            return false;
        }
        long delayNs = policy.backoff().delayNs(attempts, dispatcher.random());
        long againNs = System.nanoTime() + delayNs;
        if (deadlineNs - againNs <= 0 || !dispatcher.budget().tryTake()) {
            return false;
        }
        dispatcher.timers().schedule(againNs, () -> dispatcher.enqueue(this));
        return true;
    }

    /** Ends with what a server answered that would not do it, because no other is there now. */
    void settleForRefusal() {
        Objects.requireNonNull(refusal, "not refused").run();
    }

    private void succeed(A answer) {
        if (end()) {
            completion.execute(() -> future.complete(answer));
        }
    }

    void fail(MillraceException why) {
        if (end()) {
            completion.execute(() -> future.completeExceptionally(why));
        }
    }

    /** Ends without a word: whoever asked does not want to know any more. */
    void drop() {
        end();
    }

    private boolean end() {
        if (isOver) {
            return false;
        }
        isOver = true;
        if (timer != null) {
            dispatcher.timers().cancel(timer);
        }
        Connection current = connection;
        if (current != null) {
            connection = null;
            current.forget(correlationId);
        }
        dispatcher.ended(this);
        return true;
    }
}
