package io.millrace.server.explain;

import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SlotCode;

/**
 * What became of one item. Numbers that are not known are NaN; places count from 1, and 0 is none.
 *
 * @param itemId the caller's id
 * @param state what it is to the catalogue
 * @param fate what became of it
 * @param isSeen whether the user has seen it
 * @param isExcluded whether the request excludes it
 * @param isFiltered whether the filter of the request leaves it out
 * @param similarity how near it is to the user
 * @param retrieval how it was found
 * @param worth what it is worth to the user
 * @param ranking where that has brought it
 */
public record ExplainedItem(
        long itemId,
        ItemStateCode state,
        FateCode fate,
        boolean isSeen,
        boolean isExcluded,
        boolean isFiltered,
        Similarity similarity,
        Retrieval retrieval,
        Worth worth,
        Ranking ranking) {

    /**
     * How near an item is to the user, exactly.
     *
     * @param score of the index, by the user's vector
     * @param place by that among all items, where it was asked for
     */
    public record Similarity(float score, int place) {}

    /**
     * How an item was found.
     *
     * @param by what found it
     * @param place among what was found
     * @param score by which it was found
     */
    public record Retrieval(RetrieverCode by, int place, float score) {}

    /**
     * What an item is worth to the user, whether it was found or not.
     *
     * @param light by the light ranker
     * @param value what it is ordered by, before retrieval is weighed in
     * @param probabilities by head; empty where there are none
     * @param contributions by field, what the value would lose if that were missing; empty where
     *     there are none
     */
    @SuppressWarnings("ArrayRecordComponent") // Written once, compared by nobody.
    public record Worth(float light, float value, float[] probabilities, float[] contributions) {
        /** Of an item that is not in the catalogue. */
        public static final Worth UNKNOWN =
                new Worth(Float.NaN, Float.NaN, new float[0], new float[0]);
    }

    /**
     * Where an item came.
     *
     * @param score value with retrieval weighed in, of what was ranked
     * @param place by that
     * @param answered place in the answer
     * @param slot why it has that place
     */
    public record Ranking(float score, int place, int answered, SlotCode slot) {}
}
