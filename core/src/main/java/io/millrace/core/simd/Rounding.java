package io.millrace.core.simd;

/** How numbers are brought to fewer bits. All of them are finite. */
final class Rounding {
    private static final int HALF_OF_LOWER = 0x7FFF;
    private static final int LARGEST_BYTE = Byte.MAX_VALUE;

    private Rounding() {}

    /** The nearest bfloat16, ties to even. */
    static short bfloat16(float number) {
        int bits = Float.floatToRawIntBits(number);
        return (short) ((bits + HALF_OF_LOWER + (bits >>> Short.SIZE & 1)) >>> Short.SIZE);
    }

    /** The number that a bfloat16 is. */
    static float ofBfloat16(short bits) {
        return Float.intBitsToFloat(bits << Short.SIZE);
    }

    /** Size of the largest number of a row. */
    static float largest(float[] row, int length) {
        float largest = 0;
        for (int i = 0; i < length; i++) {
            largest = Math.max(largest, Math.abs(row[i]));
        }
        return largest;
    }

    /** What the bytes of a row are multiplied by; 0 where nothing is left of its numbers. */
    static float int8Scale(float largest) {
        return int8Inverse(largest) == 0 ? 0 : largest / LARGEST_BYTE;
    }

    /** By what numbers become bytes; 0 where they are zeros or too small to be divided by. */
    static float int8Inverse(float largest) {
        float inverse = LARGEST_BYTE / largest;
        return Float.isFinite(inverse) ? inverse : 0;
    }
}
