package io.millrace.loadgen.frame;

import io.millrace.core.HotPath;
import io.millrace.loadgen.change.ChangeFrames;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadSchedule;
import io.netty.buffer.ByteBuf;

/**
 * The requests of a schedule as frames, and what their answers must be. The correlation id of a
 * request is its place in the schedule.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class LoadFrames {
    private final LoadSchedule schedule;
    private final RequestFrames frames;
    private final RankFrame rankFrame;
    private final SearchFrame searchFrame;
    private final ChangeFrames changes;

    /** Encodes a frame of each kind that a plan has. */
    public LoadFrames(LoadPlan plan, LoadSchedule schedule) {
        this.schedule = schedule;
        this.frames = new RequestFrames(plan.k(), plan.deadlineUs(), plan.timestampMs());
        this.rankFrame = RankFrame.of(plan);
        this.searchFrame = new SearchFrame(plan);
        this.changes =
                new ChangeFrames(
                        plan.mix().changes(), plan.seed(), plan.deadlineUs(), plan.timestampMs());
    }

    /** Appends the frame of a request. */
    @HotPath
    public void append(ByteBuf target, int request) {
        long id = schedule.id(request);
        switch (schedule.type(request)) {
            case RECOMMEND -> frames.appendRecommend(target, request, id);
            case SIMILAR -> frames.appendSimilar(target, request, id);
            case RANK -> rankFrame.append(target, request, id, schedule.variant(request));
            case SEARCH -> searchFrame.append(target, request, (int) id);
            case FEEDBACK ->
                    changes.appendFeedback(
                            target,
                            request,
                            id,
                            schedule.itemId(request),
                            schedule.variant(request));
            case UPDATE -> changes.appendUpdate(target, request, id, schedule.variant(request));
            case UPSERT -> changes.appendUpsert(target, request, id, schedule.variant(request));
            case DELETE -> changes.appendDelete(target, request, id);
        }
    }

    /** Whether an OK answer to a request makes sense. */
    @HotPath
    public boolean isSensible(int request, AnswerCheck check) {
        return switch (schedule.type(request)) {
            case RECOMMEND, SEARCH -> check.isSensible();
            case SIMILAR -> check.isSensibleSimilar(schedule.id(request));
            case RANK -> check.isSensibleRank(rankFrame, schedule.variant(request));
            case FEEDBACK, UPDATE, UPSERT, DELETE -> check.isSensibleChange();
        };
    }
}
