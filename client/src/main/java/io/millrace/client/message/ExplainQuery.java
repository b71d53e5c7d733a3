package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;

import java.util.List;

/**
 * A question why items are recommended to a user, or are not.
 *
 * @param query what is recommended.
 * @param items to be explained, {@link WireLimits#MAX_EXPLAINED} at most; none: as many of those
 *     that are answered.
 * @param countsNearer whether to tell the place of each item by similarity among all; the server
 *     looks at every item for it.
 */
public record ExplainQuery(RecommendQuery query, List<Long> items, boolean countsNearer) {
    private static final int USUAL_K = 10;

    /**
     * Copies the list.
     *
     * @throws MillraceException USAGE when there are more items than can be explained at once, or a
     *     trace is wished for.
     */
    public ExplainQuery {
        items = List.copyOf(items);
        FrameRange.require("items", items.size(), WireLimits.MAX_EXPLAINED);
        if (query.wishes().isTraced()) {
            throw MillraceException.usage(
                    "an explanation tells no times of stages; ask for them with the"
                            + " recommendation");
        }
    }

    /**
     * A question about the ten for a user now, with nothing but the user told.
     *
     * @param userId the user.
     * @param items to be explained; none: those that are answered.
     * @return the question.
     */
    public static ExplainQuery of(long userId, Long... items) {
        return new ExplainQuery(RecommendQuery.of(userId, USUAL_K), List.of(items), false);
    }
}
