package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.server.config.ServerConfig.ThreadsConfig;
import io.millrace.server.metrics.ServerMetrics;
import io.millrace.server.request.Request;

import org.agrona.concurrent.AgentRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/**
 * The worker threads. A request goes to the worker with the fewest before it. A thread that ends
 * before the pool is closed is replaced: the next one goes on with the same queue.
 *
 * <p>Threading: event loops dispatch. Allocation: none per request.
 */
final class WorkerPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final int CLOSE_TIMEOUT_MS = 5_000;

    private final WorkerAgent[] agents;
    private final AgentRunner[] runners;
    private final ServerMetrics metrics;
    private boolean isClosed;

    WorkerPool(ThreadsConfig threads, int maxInFlight, ServerMetrics metrics) {
        this.metrics = metrics;
        agents = new WorkerAgent[threads.workersToStart()];
        runners = new AgentRunner[agents.length];
        for (int i = 0; i < agents.length; i++) {
            String name = "millrace-worker-" + i;
            agents[i] = new WorkerAgent(name, i, maxInFlight, threads.idle(), metrics.newWorker());
        }
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
                                runner, task -> new Thread(() -> run(task, number))));
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

    /**
     * The worker that a request is to be handed to; null where none can answer it by its deadline.
     */
    @HotPath
    @Nullable WorkerAgent choose(Request request) {
        WorkerAgent best = agents[0];
        int fewest = agents.length == 1 ? 0 : best.outstanding();
        for (int i = 1; i < agents.length && fewest > 0; i++) {
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
        for (int i = 0; agents.length > 1 && i < agents.length; i++) {
            if (agents[i].admits(request)) {
                return agents[i];
            }
        }
        return null;
    }

    int size() {
        return agents.length;
    }

    @Override
    public void close() {
        for (AgentRunner runner : lastRunners()) {
            runner.close(CLOSE_TIMEOUT_MS, thread -> LOG.error("worker hangs: {}", thread));
        }
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
