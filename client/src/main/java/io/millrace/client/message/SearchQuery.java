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
 * @param wishes what few questions wish for.
 */
@SuppressWarnings("ArrayRecordComponent") // Sent once, compared by nobody.
public record SearchQuery(float[] vector, int k, boolean ranks, long userId, Wishes wishes) {
    /**
     * Checks the question.
     *
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public SearchQuery {
        FrameRange.require("k", k, SearchRequestEncoder.kMaxValue());
    }

    /**
     * A question without wishes.
     *
     * @param vector as many floats as {@link ServerInfo#dimension}; belongs to the question from
     *     now on.
     * @param k how many.
     * @param ranks whether to order what was found by the ranker.
     * @param userId for whom to rank; {@link RankQuery#NOBODY}: nobody known.
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public SearchQuery(float[] vector, int k, boolean ranks, long userId) {
        this(vector, k, ranks, userId, Wishes.NONE);
    }

    /**
     * The same question with wishes.
     *
     * @param all of them.
     * @return a question of the same vector.
     */
    public SearchQuery wishing(Wishes all) {
        return new SearchQuery(vector, k, ranks, userId, all);
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
