package io.millrace.data.train.ranker;

import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.Label;

/**
 * How much the loss of each label counts. What is learnt of one helps the other as far as they
 * share a network.
 *
 * @param click weight of the clicks' loss; with 0 a server would order by what was never learnt.
 * @param longView weight of the long views' loss.
 */
public record LabelWeights(float click, float longView) {
    /** What is used when nothing else is said. */
    public static final LabelWeights DEFAULT = new LabelWeights(1, 0.3f);

    private static final float MOST = 100;

    /** Validates. */
    public LabelWeights {
        boolean isGood = click >= 0 && longView >= 0 && click <= MOST && longView <= MOST;
        if (!isGood || click + longView == 0) {
            throw MillraceException.usage(
                    "bad weights of labels: click=%s, long_view=%s, most=%s; choose 0 or more, not"
                            + " both 0, with --label-weights",
                    click, longView, MOST);
        }
    }

    /**
     * Weight of a label's loss.
     *
     * @param label which.
     * @return its weight.
     */
    public float of(Label label) {
        return switch (label) {
            case CLICK -> click;
            case LONG_VIEW -> longView;
        };
    }

    /** The label that reports speak of: of the largest weight, the click where both have it. */
    Label main() {
        return longView > click ? Label.LONG_VIEW : Label.CLICK;
    }
}
