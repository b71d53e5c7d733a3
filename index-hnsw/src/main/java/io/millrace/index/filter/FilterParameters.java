package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.index.predicate.Operand;
import io.millrace.index.predicate.ParameterKind;

import java.util.Arrays;
import java.util.List;

/**
 * The values that a plan's parameters have now, and those that stand in its text.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class FilterParameters {
    private final ParameterKind[] kinds;
    private final boolean[] areSet;
    private final long[] wholes;
    private final double[] decimals;
    private final String[] texts;

    FilterParameters(List<ParameterKind> kinds) {
        this.kinds = kinds.toArray(ParameterKind[]::new);
        this.areSet = new boolean[kinds.size()];
        this.wholes = new long[kinds.size()];
        this.decimals = new double[kinds.size()];
        this.texts = new String[kinds.size()];
        Arrays.fill(texts, "");
    }

    @HotPath
    void setWhole(int number, long value) {
        wholes[index(number, ParameterKind.WHOLE)] = value;
    }

    @HotPath
    void setDecimal(int number, double value) {
        int index = index(number, ParameterKind.DECIMAL);
        if (!Double.isFinite(value)) {
            areSet[index] = false;
            throw notFinite(number, value);
        }
        decimals[index] = value;
    }

    @HotPath
    void setText(int number, String value) {
        texts[index(number, ParameterKind.TEXT)] = value;
    }

    @HotPath
    void setTruth(int number, boolean value) {
        wholes[index(number, ParameterKind.TRUTH)] = value ? 1 : 0;
    }

    /** Refuses to go on when a value was never given. */
    @HotPath
    void checkAllSet() {
        for (int i = 0; i < areSet.length; i++) {
            if (!areSet[i]) {
                throw notSet(i);
            }
        }
    }

    @HotPath
    long whole(Operand operand) {
        return operand instanceof Operand.Parameter parameter
                ? wholes[parameter.index()]
                : ((Operand.Whole) operand).value();
    }

    @HotPath
    double decimal(Operand operand) {
        return operand instanceof Operand.Parameter parameter
                ? decimals[parameter.index()]
                : ((Operand.Decimal) operand).value();
    }

    @HotPath
    String text(Operand operand) {
        return operand instanceof Operand.Parameter parameter
                ? texts[parameter.index()]
                : ((Operand.Text) operand).value();
    }

    @HotPath
    boolean truth(Operand operand) {
        return operand instanceof Operand.Parameter parameter
                ? wholes[parameter.index()] != 0
                : ((Operand.Truth) operand).value();
    }

    /** Index of a parameter that is given a value. */
    @HotPath
    private int index(int number, ParameterKind kind) {
        if (number < 1 || number > kinds.length || kinds[number - 1] != kind) {
            throw noSuch(number, kind);
        }
        areSet[number - 1] = true;
        return number - 1;
    }

    private MillraceException noSuch(int number, ParameterKind kind) {
        if (number < 1 || number > kinds.length) {
            return MillraceException.usage(
                    "no such parameter: number=%d, least=1, limit=%d; give only those of the"
                            + " predicate",
                    number, kinds.length);
        }
        return MillraceException.usage(
                "parameter of another kind: number=%d, expected=%s, actual=%s; give it what it is"
                        + " compared with",
                number, kinds[number - 1], kind);
    }

    private MillraceException notSet(int index) {
        return MillraceException.usage(
                "parameter without a value: number=%d, expected=%s; give it one first",
                index + 1, kinds[index]);
    }

    private static MillraceException notFinite(int number, double value) {
        return MillraceException.badInput(
                "parameter is no finite number: number=%d, value=%s; give it another value",
                number, value);
    }
}
