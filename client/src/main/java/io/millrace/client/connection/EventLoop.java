package io.millrace.client.connection;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread of a client, {@code millrace-client-0}: it waits for sockets, timers and what
 * other threads hand over, and all state of connections and calls belongs to it. A turn ends with
 * what the owner does after each.
 *
 * <p>Threading: {@link #execute} and {@link #join} from any thread, all else on the loop's own.
 * Ownership: the selector is closed when the loop ends.
 */
final class EventLoop {
    /** Sockets are looked after in between, however much other threads hand over. */
    private static final int MOST_TASKS = 1_024;

    private static final long NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Timers timers = new Timers();
    private final Runnable turn;
    private final Consumer<Throwable> breakdown;
    private boolean isStopping;
    private volatile boolean isEnded;

    /**
     * Makes a loop that is not running yet.
     *
     * @param turn done at the end of every turn.
     * @param breakdown told of a defect of ours, after which the loop ends.
     */
    EventLoop(Runnable turn, Consumer<Throwable> breakdown) {
        this.turn = turn;
        this.breakdown = breakdown;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new MillraceException(
                    ErrorCode.IO,
                    "no selector to be had: reason=" + Failures.reason(e) + "; raise ulimit -n",
                    e);
        }
        this.thread = Thread.ofPlatform().name("millrace-client-0").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Hands a task to the loop.
     *
     * @return false when the loop has ended and the task is not done.
     */
    boolean execute(Runnable task) {
        tasks.add(task);
        if (isEnded && tasks.remove(task)) {
            return false;
        }
        selector.wakeup();
        return true;
    }

    /** Makes another turn follow this one at once. */
    void wakeUp() {
        selector.wakeup();
    }

    Timers timers() {
        return timers;
    }

    /** Tells of a channel's readiness by running the attachment. */
    SelectionKey register(SelectableChannel channel, int operations, Runnable ready)
            throws ClosedChannelException {
        return channel.register(selector, operations, ready);
    }

    /** Ends the loop with this turn. */
    void stop() {
        isStopping = true;
    }

    /** Waits for the end of the thread. */
    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            while (!isStopping) {
                await();
                runTasks(MOST_TASKS);
                timers.runDue(System.nanoTime());
                turn.run();
            }
        } catch (IOException | RuntimeException | Error e) {
            breakdown.accept(e);
        } finally {
            end();
        }
    }

    private void await() throws IOException {
        long leftNs = tasks.isEmpty() ? timers.untilNextNs(System.nanoTime()) : 0;
        if (leftNs == 0) {
            selector.selectNow(EventLoop::ready);
        } else if (leftNs == Timers.NEVER) {
            selector.select(EventLoop::ready);
        } else {
            // A selector counts whole milliseconds: rather late by one than a turn for nothing.
            selector.select(EventLoop::ready, leftNs / NS_PER_MS + 1);
        }
    }

    private static void ready(SelectionKey key) {
        ((Runnable) key.attachment()).run();
    }

    private void runTasks(int most) {
        for (int i = 0; i < most; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }

    /** What was handed over before the end was told is done; whoever comes later is told. */
    private void end() {
        isEnded = true;
        runTasks(Integer.MAX_VALUE);
        try {
            selector.close();
        } catch (IOException ignored) {
            // All channels are closed already; nothing depends on how it went.
        }
    }
}
