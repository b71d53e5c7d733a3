package io.millrace.server.transport;

import io.millrace.server.config.ServerConfig.LimitsConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.metrics.WorkerMetrics;
import io.millrace.server.request.RequestLimits;

/**
 * A funnel as it is served: what may be asked for, who answers, and who takes its changes. A
 * request stays with the one whose limits it was read by, so it is never answered by two.
 *
 * <p>Threading: workers use their own part, all else is fixed.
 */
final class ServedFunnel {
    private final Catalogue catalogue;
    private final RequestLimits limits;
    private final FunnelWorker[] workers;
    private final ChangeAnswers changes;

    ServedFunnel(Funnel funnel, LimitsConfig limits, int workerCount, WorkerMetrics ofChanges) {
        catalogue = funnel.catalogue();
        this.limits = catalogue.requestLimits(limits);
        workers = new FunnelWorker[workerCount + 1];
        for (int i = 0; i < workerCount; i++) {
            workers[i] = funnel.newWorker();
        }
        workers[workerCount] = funnel.newFeedbackWorker();
        changes =
                new ChangeAnswers(
                        funnel.changes(), catalogue.fingerprint(), limits.mostChanges(), ofChanges);
    }

    Catalogue catalogue() {
        return catalogue;
    }

    RequestLimits limits() {
        return limits;
    }

    long fingerprint() {
        return catalogue.fingerprint();
    }

    /** What one of the worker threads answers by; behind the others that for feedback. */
    FunnelWorker worker(int number) {
        return workers[number];
    }

    ChangeAnswers changes() {
        return changes;
    }
}
