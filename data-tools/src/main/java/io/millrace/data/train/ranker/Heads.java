package io.millrace.data.train.ranker;

import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.dcn.DcnModel;

/** Which head of the ranker foretells which label, and where its bias begins. */
final class Heads {
    private static final Label[] LABELS = Label.values();

    private Heads() {}

    static int of(Label label) {
        return switch (label) {
            case CLICK -> DcnModel.CLICK_HEAD;
            case LONG_VIEW -> DcnModel.LONG_VIEW_HEAD;
        };
    }

    /**
     * Sets each bias to the logit of how often its label came; of one that came always or never it
     * stays as it is.
     *
     * @throws MillraceException BAD_INPUT when that is the label that counts most.
     */
    static void begin(float[] bias, InteractionTable events, long count, Label main) {
        for (Label label : LABELS) {
            long hits = 0;
            for (long i = 0; i < count; i++) {
                hits += label.holds(events, i) ? 1 : 0;
            }
            if (hits > 0 && hits < count) {
                bias[of(label)] = (float) Math.log((double) hits / (count - hits));
            } else if (label == main) {
                throw MillraceException.badInput(
                        "nothing to learn for the ranker: impressions=%d, %s=%d; there must be both"
                                + " such and others",
                        count, label.key(), hits);
            }
        }
    }
}
