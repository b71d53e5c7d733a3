package io.millrace.ranker.features;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

/**
 * How the ranker makes one vector of the items of a sequence, where it does not take their mean.
 *
 * @param form the way.
 * @param halfLife how many positions older an item is that weighs half as much; 0 unless the form
 *     is {@link Form#RECENCY}, and left out of the file then.
 */
public record SequencePooling(
        Form form, @JsonInclude(JsonInclude.Include.NON_DEFAULT) float halfLife) {
    /** Ways beside the mean. */
    public enum Form {
        /** A mean whose weights fall exponentially from the last item to the first. */
        RECENCY,
        /**
         * A mean whose weights hang on how alike item and candidate are. Models that don't know the
         * candidate yet take the plain mean.
         */
        ATTENTION
    }

    /** Pooled by likeness to the candidate. */
    public static final SequencePooling ATTENTION = new SequencePooling(Form.ATTENTION, 0);

    /** Validates. */
    public SequencePooling {
        boolean isGood =
                form == Form.RECENCY
                        ? halfLife > 0 && Float.isFinite(halfLife)
                        : form != null && halfLife == 0;
        if (!isGood) {
            throw MillraceException.badInput(
                    "bad pooling of a sequence: form=%s, halfLife=%s; RECENCY needs a halfLife"
                            + " above 0 in positions, ATTENTION has none",
                    form, halfLife);
        }
    }

    /**
     * Pooled by age.
     *
     * @param halfLife how many positions older an item is that weighs half as much, above 0.
     * @return the pooling.
     */
    public static SequencePooling recency(float halfLife) {
        return new SequencePooling(Form.RECENCY, halfLife);
    }

    /** As it stands in a file, which leaves out a half-life of 0. */
    @JsonCreator
    static SequencePooling of(
            @JsonProperty("form") Form form, @JsonProperty("halfLife") @Nullable Float halfLife) {
        return new SequencePooling(form, halfLife == null ? 0 : halfLife);
    }
}
