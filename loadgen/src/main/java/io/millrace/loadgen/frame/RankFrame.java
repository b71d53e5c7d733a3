package io.millrace.loadgen.frame;

import io.millrace.client.message.RankColumns;
import io.millrace.core.HotPath;
import io.millrace.loadgen.plan.LoadPlan;
import io.netty.buffer.ByteBuf;

/**
 * Rank requests of a load: which candidates one names follows from a number that its plan gives it.
 *
 * <p>Threading: one thread. Allocation: none.
 */
sealed interface RankFrame permits ItemRankFrame, RowRankFrame {
    /** The frames of a plan. */
    static RankFrame of(LoadPlan plan) {
        RankColumns columns = plan.mix().rankColumns();
        return columns == null ? new ItemRankFrame(plan) : new RowRankFrame(plan, columns);
    }

    /**
     * Appends a request.
     *
     * @param target where to
     * @param correlationId of the request
     * @param userId for whom
     * @param number not negative; which candidates
     */
    @HotPath
    void append(ByteBuf target, long correlationId, long userId, int number);

    /**
     * Whether an id is among the candidates of a request.
     *
     * @param itemId the id
     * @param number of the request
     */
    @HotPath
    boolean isCandidate(long itemId, int number);
}
