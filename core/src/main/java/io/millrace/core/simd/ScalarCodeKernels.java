package io.millrace.core.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@link CodeKernels} as plain loops. */
final class ScalarCodeKernels implements CodeKernels {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void hadamard(float[] x, int from, int length) {
        for (int half = 1; half < length; half *= 2) {
            for (int pair = from; pair < from + length; pair += 2 * half) {
                for (int i = pair; i < pair + half; i++) {
                    float a = x[i];
                    float b = x[i + half];
                    x[i] = a + b;
                    x[i + half] = a - b;
                }
            }
        }
    }

    @Override
    public int planes(float[] query, float inverseStep, int words, int[] planes) {
        int sum = 0;
        for (int word = 0; word < words; word++) {
            for (int plane = 0; plane < PLANES; plane++) {
                planes[word * PLANES + plane] = 0;
            }
            for (int bit = 0; bit < Integer.SIZE; bit++) {
                float number = query[word * Integer.SIZE + bit];
                int rounded = (int) Math.fma(number, inverseStep, 8.5f) - 8;
                sum += rounded;
                for (int plane = 0; plane < PLANES; plane++) {
                    planes[word * PLANES + plane] |= (rounded >> plane & 1) << bit;
                }
            }
        }
        return sum;
    }

    @Override
    public long estimates(
            MemorySegment records,
            long codes,
            long bases,
            long factors,
            int words,
            int bits,
            int groups,
            int[] planes,
            float scale,
            float shift,
            float own,
            float bound,
            float[] out) {
        long below = 0;
        for (int i = 0; i < groups * GROUP; i++) {
            long code =
                    codes
                            + (long) (i / GROUP) * bits * words * GROUP * Integer.BYTES
                            + (long) (i % GROUP) * Integer.BYTES;
            int sum = 0;
            for (int bit = 0; bit < bits; bit++) {
                for (int word = 0; word < words; word++) {
                    long at = code + ((long) bit * words + word) * GROUP * Integer.BYTES;
                    sum += product(records.get(INT, at), planes, word * PLANES) << bit;
                }
            }
            float product = Math.fma(sum, scale, shift);
            float base = records.get(FLOAT, bases + (long) i * Float.BYTES);
            float factor = records.get(FLOAT, factors + (long) i * Float.BYTES);
            out[i] = Math.fma(factor, product, base) + own;
            below |= out[i] < bound ? 1L << i : 0;
        }
        return below;
    }

    private static int product(int code, int[] planes, int at) {
        return Integer.bitCount(code & planes[at])
                + 2 * Integer.bitCount(code & planes[at + 1])
                + 4 * Integer.bitCount(code & planes[at + 2])
                - 8 * Integer.bitCount(code & planes[at + 3]);
    }

    @Override
    public void encode(
            float[] own,
            float[] other,
            int words,
            int bits,
            float inverseStep,
            MemorySegment records,
            long code,
            float[] sums) {
        int highest = (1 << bits) - 1;
        float middle = highest / 2f;
        float half = 1 << (bits - 1);
        double square = 0;
        double product = 0;
        double ownProduct = 0;
        double codeSquare = 0;
        for (int word = 0; word < words; word++) {
            long first = code + (long) word * GROUP * Integer.BYTES;
            long plane = (long) words * GROUP * Integer.BYTES;
            for (int i = 0; i < bits; i++) {
                records.set(INT, first + i * plane, 0);
            }
            for (int bit = 0; bit < Integer.SIZE; bit++) {
                int place = word * Integer.SIZE + bit;
                float mine = own[place];
                float difference = other[place] - mine;
                float cut = Math.fma(difference, inverseStep, half);
                int level = (int) Math.max(0, Math.min(cut, highest));
                float value = level - middle;
                square += (double) difference * difference;
                product += (double) difference * value;
                ownProduct += (double) mine * value;
                codeSquare += (double) value * value;
                for (int i = 0; i < bits; i++) {
                    long at = first + i * plane;
                    records.set(INT, at, records.get(INT, at) | (level >> i & 1) << bit);
                }
            }
        }
        sums[SQUARE] = (float) square;
        sums[PRODUCT] = (float) product;
        sums[OWN_PRODUCT] = (float) ownProduct;
        sums[CODE_SQUARE] = (float) codeSquare;
    }
}
