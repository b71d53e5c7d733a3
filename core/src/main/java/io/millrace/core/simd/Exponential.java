package io.millrace.core.simd;

/**
 * exp(x) of a float by range reduction to |r| <= ln(2)/2 and a polynomial of degree 6 (the method
 * of the Cephes library); largest relative error about 1e-7. Only operations that are rounded
 * exactly by rule are used, so scalar and vector code give the same bits.
 */
final class Exponential {
    static final float LEAST = -87f;
    static final float MOST = 88f;
    static final float LOG2_E = 1.442695f;

    /** Adding it rounds a float to a whole number, which then stands in the low bits. */
    static final float ROUNDER = 0x1.8p23f;

    static final int ROUNDER_BITS = 0x4B40_0000;
    static final float LN2_HIGH = 0x1.63p-1f;
    static final float LN2_LOW = -2.12194440e-4f;
    static final float C6 = 0.00019875691f;
    static final float C5 = 0.0013981999f;
    static final float C4 = 0.008333452f;
    static final float C3 = 0.041665796f;
    static final float C2 = 0.16666666f;
    static final float C1 = 0.5f;

    private Exponential() {}

    static float of(float value) {
        float x = Math.min(Math.max(value, LEAST), MOST);
        float shifted = Math.fma(x, LOG2_E, ROUNDER);
        float n = shifted - ROUNDER;
        float r = Math.fma(n, -LN2_HIGH, x);
        r = Math.fma(n, -LN2_LOW, r);
        float p = C6;
        p = Math.fma(p, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, C1);
        p = Math.fma(p, r * r, r) + 1;
        int exponent = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
        return p * Float.intBitsToFloat((exponent + 127) << 23);
    }
}
