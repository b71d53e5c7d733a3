package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.server.config.ServerConfig.Idle;
import io.millrace.server.config.ServerConfig.ThreadsConfig;
import io.millrace.server.metrics.ServerMetrics;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;

import org.agrona.concurrent.AgentRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The worker threads. A request goes to the worker with the fewest before it. A thread that ends
 * before the pool is closed is replaced: the next one goes on with the same queue.
 *
 * <p>Feedback has a thread of its own: it writes to files, and while a disk stands still only those
 * wait who tell something.
 *
 * <p>Threading: event loops dispatch. Allocation: none per request.
 */
final class WorkerPool {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    /** A worker that has not ended by then is interrupted. */
    private static final int PATIENCE_MS = 3_000;

    /** One that has not ended by then hangs. */
    private static final int LONGEST_END_MS = 6_000;

    private static final Executor DAEMONS = task -> Thread.ofPlatform().daemon().start(task);

    /** The last one takes feedback, and nothing else. */
    private final WorkerAgent[] agents;

    private final int workers;
    private final int mostFeedback;
    private final AgentRunner[] runners;
    private final ServingThreads serving;
    private final ServerMetrics metrics;
    private boolean isClosed;

    /**
     * Starts the threads.
     *
     * @param threads how many, and how they wait
     * @param serving what the system is asked for them
     * @param maxInFlight the most requests that are handed to them at one time
     * @param mostFeedback how many of these may be feedback
     * @param metrics told of everything
     */
    WorkerPool(
            ThreadsConfig threads,
            ServingThreads serving,
            int maxInFlight,
            int mostFeedback,
            ServerMetrics metrics) {
        this.serving = serving;
        this.metrics = metrics;
        this.mostFeedback = mostFeedback;
        workers = threads.workersToStart();
        agents = new WorkerAgent[workers + 1];
        runners = new AgentRunner[agents.length];
        for (int i = 0; i < workers; i++) {
            String name = "millrace-worker-" + i;
            agents[i] = new WorkerAgent(name, i, maxInFlight, threads.idle(), metrics.newWorker());
        }
        // It is no use to spin for what comes seldom and may wait for a disk.
        agents[workers] =
                new WorkerAgent(
                        "millrace-feedback-0",
                        workers,
                        maxInFlight,
                        Idle.PARK,
                        metrics.newWorker());
        for (int i = 0; i < agents.length; i++) {
            start(i);
        }
    }

    private synchronized void start(int number) {
        WorkerAgent agent = agents[number];
        AgentRunner runner =
                new AgentRunner(
                        agent.idle(),
                        t -> LOG.error("worker failed: worker={}", agent.roleName(), t),
                        null,
                        agent);
        runners[number] = runner;
        metrics.allocation()
                .add(
                        AgentRunner.startOnThread(
                                runner,
                                task ->
                                        new Thread(
                                                serving.ofWorker(
                                                        number, () -> run(task, number)))));
    }

    private void run(Runnable task, int number) {
        try {
            task.run();
        } finally {
            ended(number);
        }
    }

    /** Called by the thread that ends; requests wait in its queue. */
    private synchronized void ended(int number) {
        if (!isClosed) {
            metrics.workerRestarted();
            start(number);
            LOG.error("worker thread ended and was replaced: worker={}", agents[number].roleName());
        }
    }

    /** Whether it is feedback, and as much of it waits for the disk as may. */
    @HotPath
    boolean isFullOf(Request request) {
        return request.kind() == RequestKind.FEEDBACK
                && agents[workers].outstanding() >= mostFeedback;
    }

    /**
     * The worker that a request is to be handed to; null where none can answer it by its deadline.
     */
    @HotPath
    @Nullable WorkerAgent choose(Request request) {
        if (request.kind() == RequestKind.FEEDBACK) {
            WorkerAgent taker = agents[workers];
            return !request.hasDeadline() || taker.admits(request) ? taker : null;
        }
        WorkerAgent best = agents[0];
        int fewest = workers == 1 ? 0 : best.outstanding();
        for (int i = 1; i < workers && fewest > 0; i++) {
            int outstanding = agents[i].outstanding();
            if (outstanding < fewest) {
                fewest = outstanding;
                best = agents[i];
            }
        }
        return !request.hasDeadline() || best.admits(request) ? best : anyThatAdmits(request);
    }

    /** Fewer requests may be longer ones, or a stall. */
    private @Nullable WorkerAgent anyThatAdmits(Request request) {
        for (int i = 0; workers > 1 && i < workers; i++) {
            if (agents[i].admits(request)) {
                return agents[i];
            }
        }
        return null;
    }

    /** Without the thread that takes feedback. */
    int size() {
        return workers;
    }

    /**
     * Ends all threads, each when it has done what it is at.
     *
     * @return false where one hangs all the same: what it works with must be left as it is
     */
    boolean end() {
        // Each on a thread of its own: it waits for as long as the worker does not end.
        CompletableFuture<?>[] ends =
                lastRunners().stream()
                        .map(runner -> CompletableFuture.runAsync(() -> end(runner), DAEMONS))
                        .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(ends)
                .thenApply(all -> true)
                .completeOnTimeout(false, LONGEST_END_MS, TimeUnit.MILLISECONDS)
                .join();
    }

    private static void end(AgentRunner runner) {
        runner.close(PATIENCE_MS, thread -> LOG.error("worker hangs: {}", thread));
    }

    /** Those that no other follows any more. */
    private synchronized List<AgentRunner> lastRunners() {
        isClosed = true;
        for (WorkerAgent agent : agents) {
            agent.wake();
        }
        return List.of(runners);
    }
}
