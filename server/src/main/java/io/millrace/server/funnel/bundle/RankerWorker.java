package io.millrace.server.funnel.bundle;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.rows.RequestRows;
import io.millrace.server.funnel.stage.RowRanking;
import io.millrace.server.log.ImpressionRecorder;
import io.millrace.server.log.ImpressionSink;
import io.millrace.server.log.RankedRates;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.Stage;
import io.millrace.server.request.StageClock;

import org.jspecify.annotations.Nullable;

/**
 * Ranks candidates that bring their features, and says of all else that it is not served.
 *
 * <p>Threading: one thread. Allocation: only in the constructor.
 */
@HotPath
final class RankerWorker implements FunnelWorker {
    private static final float[] NO_QUERY = {};

    private final RequestRows rows;
    private final RowRanking ranking;
    private final @Nullable ImpressionRecorder impressions;

    /**
     * A worker.
     *
     * @param schema the declared features
     * @param rows of users and contexts
     * @param ranking of the candidates
     * @param sink where it records what it has answered, or null
     */
    RankerWorker(
            FeatureSchema schema,
            RequestRows rows,
            RowRanking ranking,
            @Nullable ImpressionSink sink) {
        this.rows = rows;
        this.ranking = ranking;
        impressions =
                sink == null
                        ? null
                        : new ImpressionRecorder(
                                sink,
                                new ImpressionRecorder.Scratch(
                                        rows.user(),
                                        rows.context(),
                                        schema.layout(FeatureScope.ITEM).rowBytes(),
                                        RankedRates.NONE),
                                NO_QUERY);
    }

    @Override
    public void answer(Request request, Answer answer, StageClock clock) {
        if (request.kind() != RequestKind.RANK) {
            refuse(request, answer);
            return;
        }
        if (!request.candidates().haveRows()) {
            answer.fail(
                    Status.BAD_REQUEST,
                    "the bundle is a ranker alone, which knows no items; send columns with the"
                            + " features of the candidates");
            return;
        }
        rows.load(request);
        clock.end(Stage.USER);
        ranking.rank(request, answer, clock, rows);
        if (impressions != null && answer.status() == Status.OK) {
            impressions.recordForUser(request, answer, rows.momentMs(), false, ranking);
        }
    }

    /** Says that no such request is answered here. */
    static void refuse(Request request, Answer answer) {
        answer.fail(
                        Status.BAD_REQUEST,
                        "the bundle is a ranker alone, which answers rank requests only: kind=")
                .append(request.kind().label());
    }
}
