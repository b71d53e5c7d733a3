package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.index.attributes.Dictionary;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.index.predicate.Operand;

import java.util.Arrays;
import java.util.List;

/**
 * The codes of some texts of a dictionary, one bit per code. Texts that the dictionary does not
 * have may get a code later, so a code that is newer than the bits makes them anew.
 *
 * <p>Threading: one thread. Allocation: none, save when the dictionary has grown.
 */
final class CodeSet implements TagsColumn.CodeTest {
    private final Dictionary dictionary;
    private final Operand[] values;
    private final FilterParameters parameters;

    /** The code of each value as the bits have it. */
    private final int[] codes;

    /** Codes below are told by the bits; there is a bit for this one as well, always zero. */
    private int knownCodes;

    private long[] bits = new long[1];

    CodeSet(Dictionary dictionary, List<Operand> values, FilterParameters parameters) {
        this.dictionary = dictionary;
        this.values = values.toArray(Operand[]::new);
        this.parameters = parameters;
        this.codes = new int[values.size()];
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
        for (int i = 0; i < values.length; i++) {
            int code = dictionary.codeOf(parameters.text(values[i]));
            // One that came in just now will be looked up when it is met.
            codes[i] = code < size ? code : Dictionary.NO_CODE;
            if (codes[i] != Dictionary.NO_CODE) {
                bits[code >>> 6] |= 1L << code;
            }
        }
        knownCodes = size;
    }

    /** How many values there are. */
    int size() {
        return values.length;
    }

    /** Code of the first value, or {@link Dictionary#NO_CODE}. */
    @HotPath
    int firstCode() {
        return codes[0];
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
}
