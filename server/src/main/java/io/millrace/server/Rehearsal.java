package io.millrace.server;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.server.config.ServerConfig.LimitsConfig;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.bundle.OpenBundle;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestReader;
import io.millrace.server.request.StageClock;

import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has a bundle answer requests that another one has answered lately, before it is served: what they
 * touch is then in memory, and a bundle that fails is found out while nobody depends on it.
 *
 * <p>Threading: one thread. Nothing is logged, and no row changes.
 */
final class Rehearsal {
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(10);

    private final RequestReader reader;
    private final Request request;
    private final Answer answer;
    private final FunnelWorker worker;
    private final StageClock clock = new StageClock();

    private Rehearsal(OpenBundle bundle, LimitsConfig limits) {
        RequestLimits requestLimits = bundle.catalogue().requestLimits(limits);
        reader = new RequestReader(requestLimits);
        request = new Request(requestLimits);
        answer = new Answer(requestLimits.answers());
        worker = bundle.newRecordingWorker(bundle.newCapture());
    }

    /**
     * Answers requests, for ten seconds at most.
     *
     * @param bundle is not served yet
     * @param limits of the server
     * @param frames of requests that were answered
     * @return how many were answered
     * @throws MillraceException MISMATCH when the bundle fails at one
     */
    static int run(OpenBundle bundle, LimitsConfig limits, List<byte[]> frames) {
        Rehearsal rehearsal = new Rehearsal(bundle, limits);
        long beginNs = System.nanoTime();
        int answered = 0;
        for (byte[] frame : frames) {
            if (System.nanoTime() - beginNs > LONGEST_NS) {
                break;
            }
            answered += rehearsal.answers(frame) ? 1 : 0;
        }
        return answered;
    }

    /** False where the bundle is not asked such things, as by fields that it does not have. */
    private boolean answers(byte[] frame) {
        long nowNs = System.nanoTime();
        if (reader.readInto(new UnsafeBuffer(frame), 0, nowNs, request) != Status.OK) {
            return false;
        }
        answer.clear();
        clock.start(nowNs);
        try {
            worker.answer(request, answer, clock);
        } catch (RuntimeException | AssertionError e) {
            throw new MillraceException(
                    ErrorCode.MISMATCH,
                    "the bundle fails at a request that was answered: kind="
                            + request.kind()
                            + "; it is not served",
                    e);
        }
        return answer.status() == Status.OK;
    }
}
