package io.millrace.ranker.dcn;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.error.Nearest;
import io.millrace.ranker.calibration.Calibration;
import io.millrace.ranker.calibration.HeadCalibrations;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a server orders candidates by, as it is declared: a sum of heads with weights, as in {@code
 * click + 0.5*long_view + 2*like}.
 *
 * <p>Weights are above 0, so a value is never negative and grows with every probability in it.
 *
 * <p>Threading: immutable.
 */
public final class ValueFormula {
    private static final float MOST_WEIGHT = 1_000;
    private static final Pattern TERM =
            Pattern.compile("\\s*(?:(\\d{1,9}(?:\\.\\d{1,9})?)\\s*\\*\\s*)?([a-z][a-z0-9_]*)\\s*");

    /** The probability of a click alone. */
    public static final ValueFormula CLICK = parse(RankerHeads.CLICK);

    /** Weights by the names of the heads, in the order of the formula. */
    private final SequencedMap<String, Float> weights;

    private ValueFormula(SequencedMap<String, Float> weights) {
        this.weights = weights;
    }

    /**
     * Reads a formula.
     *
     * @param text heads with or without weights, and plus signs between them.
     * @return the formula.
     * @throws MillraceException USAGE when it is none, names a head twice, or has a weight that is
     *     not above 0 and at most 1,000.
     */
    public static ValueFormula parse(String text) {
        SequencedMap<String, Float> weights = new LinkedHashMap<>();
        for (String term : text.split("\\+", -1)) {
            Matcher matcher = TERM.matcher(term);
            if (!matcher.matches()) {
                throw bad(text, term);
            }
            float weight = matcher.group(1) == null ? 1 : Float.parseFloat(matcher.group(1));
            boolean isTwice = weights.put(matcher.group(2), weight) != null;
            if (isTwice || !(weight > 0) || weight > MOST_WEIGHT) {
                throw bad(text, term);
            }
        }
        return new ValueFormula(weights);
    }

    /**
     * What a bundle declares.
     *
     * @param manifest what the bundle says of itself.
     * @return its formula, the click where it has none.
     */
    public static ValueFormula declaredBy(BundleManifest manifest) {
        String declared = manifest.parameters().get(BundleManifest.VALUE);
        return declared == null ? CLICK : parse(declared);
    }

    private static MillraceException bad(String text, String term) {
        return MillraceException.usage(
                "bad formula of a value: formula=%s, term=%s, most=%s; name each head once, with a"
                        + " weight above 0 or none, as in click + 0.5*long_view",
                text, term.strip(), MOST_WEIGHT);
    }

    /**
     * The value by what the heads of a ranker say.
     *
     * @param heads which those are.
     * @return how it is computed.
     * @throws MillraceException MISMATCH when the ranker lacks one of the formula.
     */
    public HeadValue of(RankerHeads heads) {
        return of(heads, HeadCalibrations.NONE);
    }

    /**
     * The value by the calibrated probabilities of the heads of a ranker.
     *
     * @param heads which those are.
     * @param calibrated how each is calibrated; those that are not count as they are.
     * @return how it is computed.
     * @throws MillraceException MISMATCH when the ranker lacks one of the formula.
     */
    public HeadValue of(RankerHeads heads, HeadCalibrations calibrated) {
        int[] indexes = new int[weights.size()];
        float[] factors = new float[indexes.length];
        @Nullable Calibration[] calibrations = new Calibration[indexes.length];
        int term = 0;
        for (Map.Entry<String, Float> each : weights.entrySet()) {
            indexes[term] = heads.indexOf(each.getKey());
            if (indexes[term] < 0) {
                throw unknown(each.getKey(), heads);
            }
            factors[term] = each.getValue();
            calibrations[term++] = calibrated.of(each.getKey());
        }
        return new HeadValue(indexes, factors, calibrations);
    }

    private MillraceException unknown(String name, RankerHeads heads) {
        String nearest = Nearest.of(name, heads.names());
        return MillraceException.of(
                ErrorCode.MISMATCH,
                "no such head of the ranker: name=%s, formula=%s, heads=%s; %s",
                name,
                this,
                heads.names(),
                nearest.isEmpty() ? "name one of these" : "did you mean " + nearest + "?");
    }

    /**
     * The head that the value is the probability of.
     *
     * @return its name, or null where there are several or it has a weight.
     */
    public @Nullable String onlyHead() {
        Map.Entry<String, Float> first = weights.firstEntry();
        return weights.size() == 1 && first.getValue() == 1 ? first.getKey() : null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ValueFormula formula && weights.equals(formula.weights);
    }

    @Override
    public int hashCode() {
        return weights.hashCode();
    }

    /** The formula as it is written to files: {@code click + 0.5*long_view}. */
    @Override
    public String toString() {
        return weights.entrySet().stream()
                .map(
                        each ->
                                (each.getValue() == 1 ? "" : number(each.getValue()) + "*")
                                        + each.getKey())
                .collect(Collectors.joining(" + "));
    }

    /** Without an exponent, which {@link #parse} does not take. */
    private static String number(float value) {
        return new BigDecimal(Float.toString(value)).stripTrailingZeros().toPlainString();
    }
}
