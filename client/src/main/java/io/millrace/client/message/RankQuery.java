package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.RankRequestEncoder;

import java.util.List;
import java.util.Map;

/**
 * A question for the order of candidates.
 *
 * @param userId the user; -1: nobody known.
 * @param k how many to answer with; 0: all.
 * @param timestampMs since 1970 UTC; 0: now.
 * @param context raw codes by the number of the context field.
 * @param candidates items of the catalogue; with columns whatever the answer is to call them.
 * @param appliesRules whether to re-rank by the rules of the bundle; not with columns.
 * @param columns features of the candidates; none to take those of the catalogue.
 * @param wishes what few questions wish for; no filter, since all items are named.
 */
public record RankQuery(
        long userId,
        int k,
        long timestampMs,
        Map<Integer, Integer> context,
        List<Long> candidates,
        boolean appliesRules,
        List<RankColumn> columns,
        Wishes wishes) {
    /** The user where nobody is known. */
    public static final long NOBODY = -1;

    /**
     * Copies the lists.
     *
     * @throws MillraceException USAGE when there is more than a frame can hold, or a filter.
     */
    public RankQuery {
        context = Map.copyOf(context);
        candidates = List.copyOf(candidates);
        columns = List.copyOf(columns);
        FrameRange.require("k", k, RankRequestEncoder.kMaxValue());
        FrameRange.requireContext(context);
        FrameRange.require("candidates", candidates.size(), WireLimits.MAX_GROUP_COUNT);
        FrameRange.require("columns", columns.size(), WireLimits.MAX_GROUP_COUNT);
        wishes.requireNoFilter("a rank request");
    }

    /**
     * A question without wishes.
     *
     * @param userId the user; -1: nobody known.
     * @param k how many to answer with; 0: all.
     * @param timestampMs since 1970 UTC; 0: now.
     * @param context raw codes by the number of the context field.
     * @param candidates items of the catalogue; with columns whatever the answer is to call them.
     * @param appliesRules whether to re-rank by the rules of the bundle; not with columns.
     * @param columns features of the candidates; none to take those of the catalogue.
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public RankQuery(
            long userId,
            int k,
            long timestampMs,
            Map<Integer, Integer> context,
            List<Long> candidates,
            boolean appliesRules,
            List<RankColumn> columns) {
        this(userId, k, timestampMs, context, candidates, appliesRules, columns, Wishes.NONE);
    }

    /**
     * The same question with wishes.
     *
     * @param all of them.
     * @return a copy.
     * @throws MillraceException USAGE when there is a filter among them.
     */
    public RankQuery wishing(Wishes all) {
        return new RankQuery(
                userId, k, timestampMs, context, candidates, appliesRules, columns, all);
    }

    /**
     * A question for items of the catalogue, all of them to be ordered for now.
     *
     * @param userId the user; -1: nobody known.
     * @param itemIds the candidates.
     * @return the question.
     */
    public static RankQuery ofItems(long userId, List<Long> itemIds) {
        return new RankQuery(userId, 0, 0, Map.of(), itemIds, false, List.of());
    }

    /**
     * A question for rows, all of them to be ordered for nobody known and now.
     *
     * @param names what the answer is to call them.
     * @param columns their features.
     * @return the question.
     */
    public static RankQuery ofRows(List<Long> names, List<RankColumn> columns) {
        return new RankQuery(NOBODY, 0, 0, Map.of(), names, false, columns);
    }
}
