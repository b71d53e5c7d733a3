package io.millrace.ranker.dcn;

import io.millrace.core.error.MillraceException;
import io.millrace.core.simd.CompactKernels;
import io.millrace.core.simd.Kernels;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** How the numbers of {@link DcnItemHalves} are kept. Sums are of float32 always. */
public enum HalvesType {
    /** Single precision: nothing is lost. */
    F32(0),

    /** The upper half of a float32: half the memory, numbers right to one part in 256. */
    BF16(1),

    /**
     * Bytes with one scale a row: a quarter of the memory and a line for the scale; numbers right
     * to one part in 254 of the row's largest.
     */
    INT8(2);

    private static final int LINE_FLOATS = 16;

    /** The most by which rounding changes a bfloat16, relative to it. */
    private static final float BFLOAT16_ROUNDING = 0x1.0p-8f;

    /** The most by which rounding changes an int8, relative to the row's largest number. */
    private static final float INT8_ROUNDING = 0.5f / Byte.MAX_VALUE;

    private final int code;

    HalvesType(int code) {
        this.code = code;
    }

    /** The type that a file names. */
    static HalvesType of(int code, Path file) {
        return Arrays.stream(values())
                .filter(type -> type.code == code)
                .findFirst()
                .orElseThrow(
                        () ->
                                MillraceException.corrupt(
                                        file, "unknown type of item halves: type=%d", code));
    }

    /** The number that stands for it in files. */
    int code() {
        return code;
    }

    /**
     * The name that users give it.
     *
     * @return lower case.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What reads and writes such rows; null for float32. */
    @Nullable CompactKernels kernels() {
        return switch (this) {
            case F32 -> null;
            case BF16 -> Kernels.bfloat16();
            case INT8 -> Kernels.int8();
        };
    }

    /** So many numbers, filled up to whole lines of 64 bytes. */
    int wholeLines(int numbers) {
        CompactKernels kernels = kernels();
        int lineNumbers = kernels == null ? LINE_FLOATS : kernels.lineNumbers();
        return Math.ceilDiv(numbers, lineNumbers) * lineNumbers;
    }

    /** Memory of a row of whole lines. */
    long rowBytes(int numbers) {
        CompactKernels kernels = kernels();
        return kernels == null ? (long) Float.BYTES * numbers : kernels.rowBytes(numbers);
    }

    /**
     * The most by which rounding changes a number.
     *
     * @param number the number.
     * @param largest size of the largest of its row.
     */
    float rounding(float number, float largest) {
        return switch (this) {
            case F32 -> 0;
            case BF16 -> BFLOAT16_ROUNDING * Math.abs(number);
            case INT8 -> INT8_ROUNDING * largest;
        };
    }
}
