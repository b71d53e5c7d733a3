package io.millrace.data.importers.table;

import io.millrace.core.error.MillraceException;

/**
 * Which of the values of a feature stand in its vocabulary.
 *
 * @param leastCount how often a value must be met; rarer ones are unseen, so that a model learns
 *     something of what it will not know.
 * @param mostValues the most values; more are an error.
 */
public record VocabularyRule(int leastCount, int mostValues) {
    /** Every value that is met, up to a million. */
    public static final VocabularyRule ALL = new VocabularyRule(1, 1_000_000);

    /** Says that there are too many values, unless there are not. */
    void check(String feature, int values) {
        if (values > mostValues) {
            throw MillraceException.badInput(
                    "too many values for a vocabulary: feature=%s, values=%d, mostValues=%d; raise"
                            + " leastCount (now %d) or mostValues, or make the encoding HASHED",
                    feature, values, mostValues, leastCount);
        }
    }
}
