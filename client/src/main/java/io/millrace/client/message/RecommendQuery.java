package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.RecommendRequestEncoder;

import java.util.List;
import java.util.Map;

/**
 * A question for the items worth showing to a user.
 *
 * @param userId the user.
 * @param k how many.
 * @param timestampMs since 1970 UTC; 0: now.
 * @param context raw codes by the number of the context field.
 * @param exclude items not to answer with.
 * @param history what the user has watched beyond what the server has stored, oldest first.
 * @param replacesHistory whether the stored histories are to be forgotten, this once.
 * @param keepsSeen whether items the user has seen may be answered.
 * @param skipsRules whether to answer in the ranker's order: no creator cap, no diversity.
 * @param wishes what few questions wish for.
 */
public record RecommendQuery(
        long userId,
        int k,
        long timestampMs,
        Map<Integer, Integer> context,
        List<Long> exclude,
        List<Long> history,
        boolean replacesHistory,
        boolean keepsSeen,
        boolean skipsRules,
        Wishes wishes) {
    /**
     * Copies the lists.
     *
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public RecommendQuery {
        context = Map.copyOf(context);
        exclude = List.copyOf(exclude);
        history = List.copyOf(history);
        FrameRange.require("k", k, RecommendRequestEncoder.kMaxValue());
        FrameRange.requireContext(context);
        FrameRange.require("exclude", exclude.size(), WireLimits.MAX_GROUP_COUNT);
        FrameRange.require("history", history.size(), WireLimits.MAX_GROUP_COUNT);
    }

    /**
     * A question without wishes.
     *
     * @param userId the user.
     * @param k how many.
     * @param timestampMs since 1970 UTC; 0: now.
     * @param context raw codes by the number of the context field.
     * @param exclude items not to answer with.
     * @param history what the user has watched beyond what the server has stored, oldest first.
     * @param replacesHistory whether the stored histories are to be forgotten, this once.
     * @param keepsSeen whether items the user has seen may be answered.
     * @param skipsRules whether to answer in the ranker's order.
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public RecommendQuery(
            long userId,
            int k,
            long timestampMs,
            Map<Integer, Integer> context,
            List<Long> exclude,
            List<Long> history,
            boolean replacesHistory,
            boolean keepsSeen,
            boolean skipsRules) {
        this(
                userId,
                k,
                timestampMs,
                context,
                exclude,
                history,
                replacesHistory,
                keepsSeen,
                skipsRules,
                Wishes.NONE);
    }

    /**
     * A question for now, with nothing but the user told.
     *
     * @param userId the user.
     * @param k how many.
     * @return the question.
     */
    public static RecommendQuery of(long userId, int k) {
        return new RecommendQuery(
                userId, k, 0, Map.of(), List.of(), List.of(), false, false, false);
    }

    /**
     * The same question for another moment.
     *
     * @param timeMs since 1970 UTC; 0: now.
     * @return a copy.
     */
    public RecommendQuery at(long timeMs) {
        return new RecommendQuery(
                userId,
                k,
                timeMs,
                context,
                exclude,
                history,
                replacesHistory,
                keepsSeen,
                skipsRules,
                wishes);
    }

    /**
     * The same question with wishes.
     *
     * @param all of them.
     * @return a copy.
     */
    public RecommendQuery wishing(Wishes all) {
        return new RecommendQuery(
                userId,
                k,
                timestampMs,
                context,
                exclude,
                history,
                replacesHistory,
                keepsSeen,
                skipsRules,
                all);
    }

    /** Whether it tells of histories, which servers of version 1 do not understand. */
    boolean hasHistory() {
        return replacesHistory || !history.isEmpty();
    }
}
