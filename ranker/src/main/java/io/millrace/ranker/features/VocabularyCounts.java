package io.millrace.ranker.features;

import io.millrace.core.error.MillraceException;

import java.util.List;

/**
 * How often the values of a field were met in the impressions to train on: once for each impression
 * whose user, item or context has the value.
 *
 * @param ofValues how often each value of the vocabulary was, in their order.
 * @param unseen how often values were that the vocabulary does not have.
 */
public record VocabularyCounts(List<Long> ofValues, long unseen) {
    /** Validates and copies. */
    public VocabularyCounts {
        ofValues = List.copyOf(ofValues);
        if (unseen < 0 || ofValues.stream().anyMatch(count -> count < 0)) {
            throw MillraceException.badInput(
                    "a count of a vocabulary is below 0: unseen=%d; correct it, or give the values"
                            + " alone",
                    unseen);
        }
    }

    /**
     * Which share of what was met stands in the vocabulary.
     *
     * @return from 0 to 1; 1 when nothing was met.
     */
    public double coverage() {
        long known = ofValues.stream().mapToLong(Long::longValue).sum();
        return known + unseen == 0 ? 1 : (double) known / (known + unseen);
    }

    /**
     * How often the rarest value of the vocabulary was met.
     *
     * @return its count; 0 of an empty vocabulary.
     */
    public long rarest() {
        return ofValues.stream().mapToLong(Long::longValue).min().orElse(0);
    }
}
