package io.millrace.client.connection;

import io.millrace.client.message.RequestFrame;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Brings requests to connections: each to the open one that has the fewest under way, in the order
 * they came, and while all are full they wait. Where no connection is open or being opened, they
 * fail at once.
 *
 * <p>Threading: {@link #ask} and {@link #close} from any thread; everything else happens on the
 * event loop. Ownership: close it; it ends its connections and its thread.
 */
public final class Dispatcher {
    private final ConnectionPlan plan;
    private final EventLoop loop;
    private final List<Link> links = new ArrayList<>();
    private final RetryBudget budget;
    private final RandomGenerator random = new SplittableRandom();

    /** All that have not ended. */
    private final Set<Call<?>> calls = new LinkedHashSet<>();

    /** Those that wait for any connection, in the order they came. */
    private final SequencedSet<Call<?>> waiting = new LinkedHashSet<>();

    /** Those that were refused at an address and wait for a connection to another. */
    private final Set<Call<?>> refused = new LinkedHashSet<>();

    private long lastCorrelationId;
    private int turns;
    private boolean isClosing;

    /**
     * Starts the thread, which opens the connections; does not wait for them.
     *
     * @param plan of the connections.
     */
    public Dispatcher(ConnectionPlan plan) {
        this.plan = plan;
        this.budget = new RetryBudget(plan.retry().share());
        this.loop = new EventLoop(this::turn, this::breakDown);
        // Somewhere in the lower half of all positive numbers: a server that logs the ids of many
        // clients can tell their requests apart, and no client comes to the end of them.
        this.lastCorrelationId = random.nextLong(1, Long.MAX_VALUE / 2);
        Link.Shared shared = new Link.Shared(loop, plan, () -> ++lastCorrelationId, random);
        for (int i = 0; i < plan.connectionsPerAddress(); i++) {
            for (Address address : plan.addresses()) {
                links.add(new Link(shared, address));
            }
        }
        loop.execute(() -> links.forEach(Link::open));
        loop.start();
    }

    /**
     * Asks one thing.
     *
     * @param request what.
     * @param deadline the longest it may take, above 0.
     * @param completion runs the completion of the future, and with it what was made to depend on
     *     it; a completion that waits for the client would wait forever, were it run on the
     *     client's own thread.
     * @param <A> what is answered.
     * @return the answer to be; fails with a {@link MillraceException}. A request whose future is
     *     cancelled, or completed by anybody else, is given up.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Of whenComplete: nobody depends on it.
    public <A> CompletableFuture<A> ask(
            RequestFrame<A> request, Duration deadline, Executor completion) {
        Call<A> call = new Call<>(request, deadline, completion, this);
        if (!loop.execute(() -> accept(call))) {
            call.future().completeExceptionally(Failures.closed(request.label()));
            return call.future();
        }
        call.future()
                .whenComplete(
                        (answer, failure) -> {
                            if (!call.isOver()) {
                                loop.execute(call::drop);
                            }
                        });
        return call.future();
    }

    private void accept(Call<?> call) {
        if (isClosing) {
            call.fail(Failures.closed(call.label()));
            return;
        }
        budget.add();
        calls.add(call);
        call.startTimer(loop.timers());
        enqueue(call);
        if (waiting.size() > plan.mostWaiting()) {
            // Many may have come since the last turn while connections had room.
            dispatch();
        }
        if (waiting.size() > plan.mostWaiting()) {
            call.fail(Failures.tooManyWaiting(call.label(), plan.mostWaiting()));
        }
    }

    /** Lets a call wait for a connection, for the first time or again. */
    void enqueue(Call<?> call) {
        if (!call.isOver()) {
            (call.hasRefusal() ? refused : waiting).add(call);
        }
    }

    /** Forgets a call that is over. */
    void ended(Call<?> call) {
        calls.remove(call);
        waiting.remove(call);
        refused.remove(call);
    }

    /** Whether there is an open connection to an address that has not refused the call. */
    boolean hasOtherFor(Call<?> call) {
        for (Link link : links) {
            if (link.isOpen() && call.mayGoTo(link.address())) {
                return true;
            }
        }
        return false;
    }

    Timers timers() {
        return loop.timers();
    }

    RetryPolicy retryPolicy() {
        return plan.retry();
    }

    RetryBudget budget() {
        return budget;
    }

    RandomGenerator random() {
        return random;
    }

    /** The end of every turn of the loop. */
    private void turn() {
        dispatch();
        dispatchElsewhere();
        links.forEach(Link::flush);
        if (isClosing && calls.isEmpty()) {
            end();
        }
    }

    private void dispatch() {
        while (!waiting.isEmpty()) {
            Call<?> call = waiting.getFirst();
            Connection connection = leastBusyFor(call);
            if (connection != null) {
                waiting.removeFirst();
                call.sendOver(connection);
            } else if (hasHope()) {
                return;
            } else {
                call.fail(trouble());
            }
        }
    }

    /** They are few, and one that finds its address full holds up no other. */
    private void dispatchElsewhere() {
        for (Call<?> call : List.copyOf(refused)) {
            Connection connection = leastBusyFor(call);
            if (connection != null) {
                refused.remove(call);
                call.sendOver(connection);
            } else if (!hasOtherFor(call)) {
                call.settleForRefusal();
            }
        }
    }

    private @Nullable Connection leastBusyFor(Call<?> call) {
        Connection best = null;
        // Begins elsewhere each time: those that are equally busy take turns.
        turns++;
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(Math.floorMod(turns + i, links.size()));
            Connection found = call.mayGoTo(link.address()) ? link.withRoom() : null;
            if (found != null && (best == null || found.underWay() < best.underWay())) {
                best = found;
            }
        }
        return best;
    }

    /** Whether a connection is open or being opened. */
    private boolean hasHope() {
        for (Link link : links) {
            if (link.isOpen() || link.isOpening()) {
                return true;
            }
        }
        return false;
    }

    private MillraceException trouble() {
        for (Link link : links) {
            MillraceException trouble = link.trouble();
            if (trouble != null) {
                return trouble;
            }
        }
        throw new IllegalStateException("no link is open, and none has failed");
    }

    /**
     * Ends all: nothing more is taken, what is under way may finish within a limit and fails after
     * it. Returns when the thread has ended; whoever is interrupted meanwhile waits no longer for
     * what is under way.
     *
     * @param limit how long to wait for answers.
     */
    public void close(Duration limit) {
        loop.execute(() -> startClosing(limit));
        boolean wasInterrupted = false;
        while (true) {
            try {
                loop.join();
                break;
            } catch (InterruptedException e) {
                wasInterrupted = true;
                loop.execute(this::failAll);
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void startClosing(Duration limit) {
        isClosing = true;
        loop.timers().schedule(System.nanoTime() + limit.toNanos(), this::failAll);
    }

    private void failAll() {
        for (Call<?> call : List.copyOf(calls)) {
            call.fail(Failures.closed(call.label()));
        }
    }

    private void end() {
        links.forEach(Link::stop);
        loop.stop();
    }

    /** A defect of ours: nobody is left waiting, and nobody comes after. */
    private void breakDown(Throwable cause) {
        isClosing = true;
        for (Call<?> call : List.copyOf(calls)) {
            call.fail(Failures.broken(cause));
        }
        end();
    }
}
