package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.codec.SearchRequestEncoder;

/**
 * A question for items near a vector.
 *
 * @param vector as many floats as {@link ServerInfo#dimension}; belongs to the question from now
 *     on.
 * @param k how many.
 * @param ranks whether to order what was found by the ranker.
 * @param userId for whom to rank; {@link RankQuery#NOBODY}: nobody known.
 */
@SuppressWarnings("ArrayRecordComponent") // Sent once, compared by nobody.
public record SearchQuery(float[] vector, int k, boolean ranks, long userId) {
    /**
     * Checks the question.
     *
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public SearchQuery {
        FrameRange.require("k", k, SearchRequestEncoder.kMaxValue());
    }

    /**
     * A question for the nearest items as they are found.
     *
     * @param vector as many floats as {@link ServerInfo#dimension}.
     * @param k how many.
     * @return the question.
     */
    public static SearchQuery of(float[] vector, int k) {
        return new SearchQuery(vector, k, false, RankQuery.NOBODY);
    }
}
