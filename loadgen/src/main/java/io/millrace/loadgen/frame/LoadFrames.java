package io.millrace.loadgen.frame;

import io.millrace.core.HotPath;
import io.millrace.loadgen.change.ChangeFrames;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.Requests;
import io.netty.buffer.ByteBuf;

/**
 * The requests of a load as frames, and what their answers must be.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class LoadFrames {
    private final Requests requests;
    private final RequestFrames frames;
    private final RankFrame rankFrame;
    private final SearchFrame searchFrame;
    private final ChangeFrames changes;

    /** Encodes a frame of each kind that a plan has. */
    public LoadFrames(LoadPlan plan, Requests requests) {
        this.requests = requests;
        this.frames = new RequestFrames(plan);
        this.rankFrame = RankFrame.of(plan);
        this.searchFrame = new SearchFrame(plan);
        this.changes =
                new ChangeFrames(
                        plan.mix().changes(), plan.seed(), plan.deadlineUs(), plan.timestampMs());
    }

    /** Appends the frame of a request; its answer will have the same correlation id. */
    @HotPath
    public void append(ByteBuf target, long correlationId, int request) {
        long id = requests.id(request);
        switch (requests.type(request)) {
            case RECOMMEND ->
                    frames.appendRecommend(target, correlationId, id, requests.variant(request));
            case SIMILAR ->
                    frames.appendSimilar(target, correlationId, id, requests.variant(request));
            case RANK -> rankFrame.append(target, correlationId, id, requests.variant(request));
            case SEARCH ->
                    searchFrame.append(target, correlationId, (int) id, requests.variant(request));
            case FEEDBACK ->
                    changes.appendFeedback(
                            target,
                            correlationId,
                            id,
                            requests.itemId(request),
                            requests.variant(request));
            case UPDATE ->
                    changes.appendUpdate(target, correlationId, id, requests.variant(request));
            case UPSERT ->
                    changes.appendUpsert(target, correlationId, id, requests.variant(request));
            case DELETE -> changes.appendDelete(target, correlationId, id);
        }
    }

    /** Whether an OK answer to a request makes sense. */
    @HotPath
    public boolean isSensible(int request, AnswerCheck check) {
        return switch (requests.type(request)) {
            case RECOMMEND, SEARCH -> check.isSensible();
            case SIMILAR -> check.isSensibleSimilar(requests.id(request));
            case RANK -> check.isSensibleRank(rankFrame, requests.variant(request));
            case FEEDBACK, UPDATE, UPSERT, DELETE -> check.isSensibleChange();
        };
    }
}
