package io.millrace.data.train.ranker;

import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;

import java.util.List;

/** Where the biases of the heads begin. */
final class Heads {
    private Heads() {}

    /**
     * Sets each bias to the logit of how often its label came; of one that came always or never it
     * stays as it is.
     *
     * @throws MillraceException BAD_INPUT when that is the label that counts most.
     */
    static void begin(
            float[] bias, List<Label> labels, InteractionTable events, long count, Label main) {
        for (int head = 0; head < labels.size(); head++) {
            Label label = labels.get(head);
            long hits = 0;
            for (long i = 0; i < count; i++) {
                hits += label.holds(events, i) ? 1 : 0;
            }
            if (hits > 0 && hits < count) {
                bias[head] = (float) Math.log((double) hits / (count - hits));
            } else if (label.equals(main)) {
                throw MillraceException.badInput(
                        "nothing to learn for the ranker: impressions=%d, %s=%d; there must be both"
                                + " such and others",
                        count, label.key(), hits);
            }
        }
    }
}
