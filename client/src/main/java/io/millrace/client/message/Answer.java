package io.millrace.client.message;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;

import java.util.SequencedMap;

/**
 * What a server answered. The arrays are of one length, best item first, and belong to whoever
 * holds the record.
 *
 * @param correlationId number of the request that was answered; the server's log of impressions has
 *     it too, so that what came of an answer can be told from it.
 * @param status how the request ended; {@code INTERNAL} for a code of a later version.
 * @param reason what was special about the answer; {@code NULL_VAL} for a code of a later version.
 * @param degraded bits of {@code DegradedFlags}: what was given up to answer in time.
 * @param retrieved candidates found by vector search.
 * @param ranked candidates scored by the ranker.
 * @param serviceNs from the arrival of the request at the server to the encoding of the answer.
 * @param fingerprint of the bundle that answered.
 * @param itemIds the items.
 * @param scores larger is better.
 * @param sources codes of {@code SourceCode}: where each item came from.
 * @param message what went wrong; empty when the status is OK.
 * @param stageNs where a trace was wished for, nanoseconds by the name of the stage, such as {@code
 *     retrieve}, in the order of the stages; those that the request did not pass are left out. Else
 *     empty.
 */
@SuppressWarnings("ArrayRecordComponent") // Read at once by whoever asked, compared by nobody.
public record Answer(
        long correlationId,
        Status status,
        ReasonCode reason,
        int degraded,
        int retrieved,
        int ranked,
        long serviceNs,
        long fingerprint,
        long[] itemIds,
        float[] scores,
        byte[] sources,
        String message,
        SequencedMap<String, Long> stageNs) {
    /**
     * Whether the request was answered.
     *
     * @return true when the status is OK.
     */
    public boolean isOk() {
        return status == Status.OK;
    }

    /**
     * Where one of the items came from.
     *
     * @param place of the item, 0 is the best.
     * @return the name of the source, or {@code UNKNOWN} for a code of a later version.
     */
    public String sourceName(int place) {
        return switch (sources[place]) {
            case 0 -> "RETRIEVED";
            case 1 -> "RANKED";
            case 2 -> "POPULAR";
            default -> "UNKNOWN";
        };
    }
}
