package io.millrace.server.funnel.bundle;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.stage.FeedbackIntake;
import io.millrace.server.funnel.stage.FeedbackStage;
import io.millrace.server.funnel.stage.FunnelParts;
import io.millrace.server.log.ImpressionSink;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import org.jspecify.annotations.Nullable;

/**
 * Takes what users tell of themselves.
 *
 * <p>Threading: one thread. Allocation: none.
 */
@HotPath
final class FeedbackWorker implements FunnelWorker {
    /** Null where rows of users are fixed. */
    private final @Nullable FeedbackStage feedback;

    /**
     * A worker.
     *
     * @param parts where it goes
     * @param sink where it records what it was told, or null
     */
    FeedbackWorker(FunnelParts parts, @Nullable ImpressionSink sink) {
        FeedbackIntake intake = parts.feedback();
        feedback = intake == null ? null : new FeedbackStage(parts, intake, sink);
    }

    @Override
    public void answer(Request request, Answer answer, StageClock clock) {
        if (request.kind() != RequestKind.FEEDBACK) {
            answer.fail(Status.BAD_REQUEST, "not a request for this worker");
            return;
        }
        if (feedback == null) {
            answer.fail(Status.BAD_REQUEST, "rows of users are fixed here");
            return;
        }
        feedback.apply(request, answer);
        clock.end(Stage.USER);
    }
}
