package io.millrace.ranker.model;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;

import java.util.Arrays;
import java.util.Locale;

/**
 * How the numbers of a model are kept: its embeddings, and the item halves that are computed of
 * them. Sums are of float32 always.
 */
public enum WeightType {
    /** Single precision: nothing is lost. */
    F32(0),

    /** The upper half of a float32: half the memory, numbers right to one part in 256. */
    BF16(1),

    /**
     * Bytes with one scale a row: a quarter of the memory and the scale; numbers right to one part
     * in 254 of the row's largest.
     */
    INT8(2);

    /** The most by which rounding changes a bfloat16, relative to it. */
    private static final float BFLOAT16_ROUNDING = 0x1.0p-8f;

    /** The most by which rounding changes an int8, relative to the row's largest number. */
    private static final float INT8_ROUNDING = 0.5f / Byte.MAX_VALUE;

    /** The number that stands for it in files. */
    private final int code;

    WeightType(int code) {
        this.code = code;
    }

    /**
     * Reads the type that a file names. Files of earlier builds name none, and hold float32.
     *
     * @param file the file.
     * @param section its section for it, which may be missing.
     * @return the type.
     * @throws MillraceException CORRUPT_FILE when there is no such type.
     */
    public static WeightType read(SectionFile file, String section) {
        if (!file.names().contains(section)) {
            return F32;
        }
        int[] codes = file.readInts(section);
        int code = codes.length == 1 ? codes[0] : -1;
        return Arrays.stream(values())
                .filter(type -> type.code == code)
                .findFirst()
                .orElseThrow(
                        () ->
                                MillraceException.corrupt(
                                        file.path(),
                                        "unknown type of weights: section=%s, type=%d",
                                        section,
                                        code));
    }

    /**
     * Names the type in a file, but for float32: such files have the bytes of earlier builds.
     *
     * @param writer of the file.
     * @param section section for it.
     */
    public void write(SectionFileWriter writer, String section) {
        if (this != F32) {
            writer.ints(section, new int[] {code});
        }
    }

    /**
     * The name that users give it.
     *
     * @return lower case.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The most by which rounding changes a number.
     *
     * @param number the number.
     * @param largest size of the largest of its row.
     * @return the largest difference.
     */
    public float rounding(float number, float largest) {
        return switch (this) {
            case F32 -> 0;
            case BF16 -> BFLOAT16_ROUNDING * Math.abs(number);
            case INT8 -> INT8_ROUNDING * largest;
        };
    }
}
