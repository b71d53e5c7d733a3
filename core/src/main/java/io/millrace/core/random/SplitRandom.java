package io.millrace.core.random;

/**
 * A small seeded generator whose streams are independent: work cut into pieces gives each piece its
 * own stream, so the result does not depend on who did which piece. The generator is SplitMix64
 * (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014, figure 17).
 *
 * <p>Threading: one thread per instance. Allocation: none after construction.
 */
public final class SplitRandom {
    private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;
    private static final float FLOAT_UNIT = 0x1.0p-24f;
    private static final double DOUBLE_UNIT = 0x1.0p-53;

    private long state;
    private double spareGaussian;
    private boolean hasSpareGaussian;

    /**
     * A generator from a seed.
     *
     * @param seed any value.
     */
    public SplitRandom(long seed) {
        this.state = seed;
    }

    /**
     * The generator of one numbered stream.
     *
     * @param seed seed of the whole work.
     * @param stream number of the piece.
     * @return a generator that no other stream of that seed overlaps with in practice.
     */
    public static SplitRandom forStream(long seed, long stream) {
        return new SplitRandom(streamSeed(seed, stream));
    }

    /**
     * Points this generator at a stream, so that a loop over pieces needs no new object.
     *
     * @param seed seed of the whole work.
     * @param stream number of the piece.
     */
    public void resetToStream(long seed, long stream) {
        state = streamSeed(seed, stream);
        hasSpareGaussian = false;
    }

    /**
     * Mixes 64 bits so that every input bit changes about half of the output bits.
     *
     * @param value any value.
     * @return the mixed value; the mapping is one to one.
     */
    public static long mix64(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    /**
     * The next 64 random bits.
     *
     * @return any long.
     */
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix64(state);
    }

    /**
     * A whole number below a bound (multiply-shift; the bias is below bound / 2^32).
     *
     * @param bound above zero.
     * @return 0 to bound - 1.
     */
    public int nextInt(int bound) {
        assert bound > 0 : "bound=" + bound;
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /**
     * A uniform number.
     *
     * @return at least 0, below 1.
     */
    public float nextFloat() {
        return (nextLong() >>> 40) * FLOAT_UNIT;
    }

    /**
     * A uniform number.
     *
     * @return at least 0, below 1.
     */
    public double nextDouble() {
        return (nextLong() >>> 11) * DOUBLE_UNIT;
    }

    /**
     * A number of the standard normal law (Marsaglia's polar method).
     *
     * @return mean 0, deviation 1.
     */
    public double nextGaussian() {
        if (hasSpareGaussian) {
            hasSpareGaussian = false;
            return spareGaussian;
        }
        double x;
        double y;
        double square;
        do {
            x = 2 * nextDouble() - 1;
            y = 2 * nextDouble() - 1;
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        double factor = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
        spareGaussian = y * factor;
        hasSpareGaussian = true;
        return x * factor;
    }

    private static long streamSeed(long seed, long stream) {
        return mix64(mix64(seed + GOLDEN_GAMMA) ^ (stream * 0xD1B5_4A32_D192_ED03L + 1));
    }
}
