package io.millrace.client.message;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SlotCode;

import java.util.List;

/**
 * What a server told of items and of the answer they are in, or not. Constants are {@code NULL_VAL}
 * for codes of a later version.
 *
 * @param status how the request ended; all that follows the message is empty where it is not OK.
 * @param message what went wrong; empty when the status is OK.
 * @param correlationId number of the request.
 * @param serviceNs from the arrival of the request at the server to the encoding of the answer.
 * @param fingerprint of the bundle that answered.
 * @param momentMs what the answer was made for, since 1970 UTC: a recommend request of that moment
 *     is answered alike.
 * @param retrieved candidates found.
 * @param candidates those of them that were left by what the user has seen and the query excludes.
 * @param ranked those of them that the ranker scored.
 * @param answered those of them that are answered.
 * @param degraded bits of {@code DegradedFlags}: what was given up to answer in time.
 * @param reason what was special about the answer.
 * @param heads names of what the ranker foretells.
 * @param fields the features that it takes.
 * @param items what was explained.
 */
public record Explanation(
        Status status,
        String message,
        long correlationId,
        long serviceNs,
        long fingerprint,
        long momentMs,
        int retrieved,
        int candidates,
        int ranked,
        int answered,
        int degraded,
        ReasonCode reason,
        List<String> heads,
        List<Field> fields,
        List<Item> items) {
    /** Copies the lists. */
    public Explanation {
        heads = List.copyOf(heads);
        fields = List.copyOf(fields);
        items = List.copyOf(items);
    }

    /**
     * Whether the request was answered.
     *
     * @return true when the status is OK.
     */
    public boolean isOk() {
        return status == Status.OK;
    }

    /**
     * A feature.
     *
     * @param scope of what.
     * @param name as in the feature schema.
     */
    public record Field(FieldScopeCode scope, String name) {}

    /**
     * What became of an item. Numbers that are not known are NaN; places count from 1, and 0 is
     * none. The arrays belong to whoever holds the record.
     *
     * @param itemId the item.
     * @param state what it is to the catalogue.
     * @param fate what became of it.
     * @param isSeen whether the user has seen it.
     * @param isExcluded whether the query excludes it.
     * @param isFiltered whether the query's filter leaves it out.
     * @param similarity exact score of the index for the user's vector.
     * @param similarityPlace by that among all items, where it was asked for.
     * @param retriever what found it.
     * @param retrievedPlace among what was found.
     * @param retrievalScore by which it was found, as ranking weighs it in.
     * @param lightValue by the light ranker.
     * @param value by the ranker.
     * @param score that value with retrieval weighed in, of what was ranked.
     * @param rankedPlace by that score.
     * @param place in the answer.
     * @param slot why it has that place.
     * @param probabilities by head.
     * @param contributions by field: what the value would lose if that were missing.
     */
    @SuppressWarnings("ArrayRecordComponent") // Read at once by whoever asked, compared by nobody.
    public record Item(
            long itemId,
            ItemStateCode state,
            FateCode fate,
            boolean isSeen,
            boolean isExcluded,
            boolean isFiltered,
            float similarity,
            int similarityPlace,
            RetrieverCode retriever,
            int retrievedPlace,
            float retrievalScore,
            float lightValue,
            float value,
            float score,
            int rankedPlace,
            int place,
            SlotCode slot,
            float[] probabilities,
            float[] contributions) {}
}
