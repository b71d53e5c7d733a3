package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.index.attributes.Dictionary;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.index.predicate.Operand;

import java.util.Arrays;
import java.util.List;

/**
 * The codes of some texts of a dictionary, and at will that of a missing value, one bit per code.
 * Texts that the dictionary does not have may get a code later, so a code that is newer than the
 * bits makes them anew.
 *
 * <p>Threading: one thread. Allocation: none, save when the dictionary has grown.
 */
final class CodeSet implements TagsColumn.CodeTest {
    private final Dictionary dictionary;
    private final Operand[] values;
    private final FilterParameters parameters;

    /** The code of each value, as the bits have it; a last one may stand for missing. */
    private final int[] codes;

    private final boolean orMissing;
    private boolean isComplete;
    private long signature;
    private int distinctCount;

    /** Codes below are told by the bits; there is a bit for this one as well, always zero. */
    private int knownCodes;

    private long[] bits = new long[1];

    CodeSet(
            Dictionary dictionary,
            List<Operand> values,
            boolean orMissing,
            FilterParameters parameters) {
        this.dictionary = dictionary;
        this.values = values.toArray(Operand[]::new);
        this.parameters = parameters;
        this.orMissing = orMissing;
        this.codes = new int[values.size() + (orMissing ? 1 : 0)];
        Arrays.fill(codes, Dictionary.NO_CODE);
    }

    @Override
    @HotPath
    public boolean test(int code) {
        if (code >= knownCodes) {
            prepare();
        }
        return (bits[code >>> 6] >>> code & 1) != 0;
    }

    /** Looks the values up again. */
    @HotPath
    void prepare() {
        for (int code : codes) {
            if (code != Dictionary.NO_CODE) {
                bits[code >>> 6] &= ~(1L << code);
            }
        }
        int size = dictionary.size();
        if (size >>> 6 >= bits.length) {
            bits = new long[Math.max(2 * bits.length, (size >>> 6) + 1)];
        }
        isComplete = true;
        signature = 0;
        distinctCount = 0;
        for (int i = 0; i < values.length; i++) {
            int code = dictionary.codeOf(parameters.text(values[i]));
            // One that came in just now will be looked up when it is met.
            codes[i] = code < size ? code : Dictionary.NO_CODE;
            if (codes[i] == Dictionary.NO_CODE) {
                isComplete = false;
            } else {
                add(code);
            }
        }
        if (orMissing) {
            codes[values.length] = Dictionary.MISSING;
            add(Dictionary.MISSING);
        }
        knownCodes = size;
    }

    /** The code of each value, {@link Dictionary#NO_CODE} where it has none. */
    @HotPath
    int[] codes() {
        return codes;
    }

    /** How many different codes the values have. */
    @HotPath
    int distinctCount() {
        return distinctCount;
    }

    /** Whether each value has a code. */
    @HotPath
    boolean isComplete() {
        return isComplete;
    }

    /** Bits of which the signature of a list with one of the codes has one. */
    @HotPath
    long signature() {
        return signature;
    }

    /** Looks the values up again if the dictionary has grown. */
    @HotPath
    void refresh() {
        if (dictionary.size() != knownCodes) {
            prepare();
        }
    }

    /** How many codes are told by {@link #bits()}, and the place of a bit that is always zero. */
    @HotPath
    int knownCodes() {
        return knownCodes;
    }

    /** One bit per code. */
    @HotPath
    long[] bits() {
        return bits;
    }

    @HotPath
    private void add(int code) {
        long bit = 1L << code;
        if ((bits[code >>> 6] & bit) == 0) {
            bits[code >>> 6] |= bit;
            signature |= TagsColumn.signature(code);
            distinctCount++;
        }
    }
}
