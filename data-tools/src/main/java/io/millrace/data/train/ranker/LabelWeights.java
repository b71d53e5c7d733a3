package io.millrace.data.train.ranker;

import io.millrace.core.error.MillraceException;
import io.millrace.core.error.Nearest;
import io.millrace.data.dataset.Label;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much the loss of each label counts. What is learnt of one helps the others as far as they
 * share a network.
 *
 * @param chosen weights by the names of labels; one that is left out has the usual weight. With a
 *     click of 0 a server would order by what was never learnt, unless it is told otherwise.
 */
public record LabelWeights(SortedMap<String, Float> chosen) {
    /** What is used when nothing else is said. */
    public static final LabelWeights DEFAULT = new LabelWeights(new TreeMap<>());

    private static final float USUAL_OF_CLICKS = 1;

    /** Of any other label: what is learnt of it must cost the click nothing. */
    private static final float USUAL_OF_OTHERS = 0.3f;

    private static final float MOST = 100;

    /** Validates and copies. */
    public LabelWeights {
        chosen = new TreeMap<>(chosen);
        chosen.forEach(
                (label, weight) -> {
                    if (!(weight >= 0) || weight > MOST) {
                        throw MillraceException.usage(
                                "bad weight of a label: %s=%s, least=0, most=%s; change"
                                        + " --label-weights",
                                label, weight, MOST);
                    }
                });
    }

    /**
     * Weights of some labels.
     *
     * @param chosen weights by the names of labels.
     * @return the weights.
     */
    public static LabelWeights of(Map<String, Float> chosen) {
        return new LabelWeights(new TreeMap<>(chosen));
    }

    /**
     * Makes sure that they suit a data set.
     *
     * @param labels what its impressions say.
     * @throws MillraceException USAGE when a label is not among them, or all weigh nothing.
     */
    public void validateFor(List<Label> labels) {
        List<String> known = labels.stream().map(Label::key).toList();
        for (String name : chosen.keySet()) {
            if (!known.contains(name)) {
                String nearest = Nearest.of(name, known);
                throw MillraceException.usage(
                        "no such label of the data set: --label-weights %s, labels=%s; %s",
                        name,
                        known,
                        nearest.isEmpty() ? "give one of these" : "did you mean " + nearest + "?");
            }
        }
        if (labels.stream().allMatch(label -> of(label) == 0)) {
            throw MillraceException.usage(
                    "nothing to learn: --label-weights %s; let one label weigh more than 0",
                    chosen);
        }
    }

    /**
     * Weight of a label's loss.
     *
     * @param label which.
     * @return its weight.
     */
    public float of(Label label) {
        Float own = chosen.get(label.key());
        if (own != null) {
            return own;
        }
        return label.equals(Label.CLICK) ? USUAL_OF_CLICKS : USUAL_OF_OTHERS;
    }

    /** The label that reports speak of: of the largest weight, the first of those that have it. */
    Label main(List<Label> labels) {
        Label main = labels.getFirst();
        for (Label label : labels) {
            main = of(label) > of(main) ? label : main;
        }
        return main;
    }
}
