package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.SimilarRequestEncoder;

import java.util.List;

/**
 * A question for items like an item.
 *
 * @param itemId the item, which is never among the answers.
 * @param k how many.
 * @param exclude items not to answer with.
 * @param appliesRules whether to re-rank what was found by the rules of the bundle.
 * @param wishes what few questions wish for.
 */
public record SimilarQuery(
        long itemId, int k, List<Long> exclude, boolean appliesRules, Wishes wishes) {
    /**
     * Copies the list.
     *
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public SimilarQuery {
        exclude = List.copyOf(exclude);
        FrameRange.require("k", k, SimilarRequestEncoder.kMaxValue());
        FrameRange.require("exclude", exclude.size(), WireLimits.MAX_GROUP_COUNT);
    }

    /**
     * A question without wishes.
     *
     * @param itemId the item.
     * @param k how many.
     * @param exclude items not to answer with.
     * @param appliesRules whether to re-rank what was found by the rules of the bundle.
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public SimilarQuery(long itemId, int k, List<Long> exclude, boolean appliesRules) {
        this(itemId, k, exclude, appliesRules, Wishes.NONE);
    }

    /**
     * The same question with wishes.
     *
     * @param all of them.
     * @return a copy.
     */
    public SimilarQuery wishing(Wishes all) {
        return new SimilarQuery(itemId, k, exclude, appliesRules, all);
    }

    /**
     * A question for the nearest items as they are found.
     *
     * @param itemId the item.
     * @param k how many.
     * @return the question.
     */
    public static SimilarQuery of(long itemId, int k) {
        return new SimilarQuery(itemId, k, List.of(), false);
    }
}
