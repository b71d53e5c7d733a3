package io.millrace.server.transport;

import io.millrace.core.HotPath;
import io.millrace.server.config.ServerConfig.ThreadsConfig;
import io.millrace.server.metrics.ServerMetrics;

import org.agrona.concurrent.AgentRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker threads. A request goes to the worker with the fewest before it.
 *
 * <p>Threading: event loops dispatch. Allocation: none per request.
 */
final class WorkerPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
    private static final int CLOSE_TIMEOUT_MS = 5_000;

    private final WorkerAgent[] agents;
    private final AgentRunner[] runners;

    WorkerPool(ThreadsConfig threads, int maxInFlight, ServerMetrics metrics) {
        agents = new WorkerAgent[threads.workersToStart()];
        runners = new AgentRunner[agents.length];
        for (int i = 0; i < agents.length; i++) {
            String name = "millrace-worker-" + i;
            agents[i] = new WorkerAgent(name, i, maxInFlight, threads.idle(), metrics.newWorker());
            runners[i] =
                    new AgentRunner(
                            agents[i].idle(),
                            t -> LOG.error("worker failed and goes on: worker={}", name, t),
                            null,
                            agents[i]);
        }
        for (AgentRunner runner : runners) {
            metrics.allocation().add(AgentRunner.startOnThread(runner));
        }
    }

    /** Hands a request to a worker. */
    @HotPath
    void dispatch(RequestSlot slot) {
        WorkerAgent best = agents[0];
        int fewest = agents.length == 1 ? 0 : best.outstanding();
        for (int i = 1; i < agents.length && fewest > 0; i++) {
            int outstanding = agents[i].outstanding();
            if (outstanding < fewest) {
                fewest = outstanding;
                best = agents[i];
            }
        }
        best.submit(slot);
    }

    int size() {
        return agents.length;
    }

    @Override
    public void close() {
        for (int i = 0; i < agents.length; i++) {
            agents[i].wake();
            runners[i].close(CLOSE_TIMEOUT_MS, thread -> LOG.error("worker hangs: {}", thread));
        }
    }
}
