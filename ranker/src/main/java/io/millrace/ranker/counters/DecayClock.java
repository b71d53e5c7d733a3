package io.millrace.ranker.counters;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

/**
 * Time in ticks of a 64th of a half-life, after each of which a count is worth 1.1 % less. Whole
 * ticks make every factor a number of a table times a power of two: the same bits whenever and
 * wherever it is computed, without a call of {@code exp}.
 *
 * <p>Threading: immutable. Allocation: none after construction.
 */
public final class DecayClock {
    /** The shortest half-life. */
    public static final long LEAST_HALF_LIFE_MS = 60_000L;

    /** The longest half-life, ten years. */
    public static final long MOST_HALF_LIFE_MS = 10L * 365 * 86_400_000;

    /** Ticks of a half-life; a power of two. */
    public static final int TICKS = 64;

    private static final int TICK_BITS = 6;

    /** 1 January 2020, so that ticks of the shortest half-life fit an int until 2083. */
    private static final long EPOCH_MS = 1_577_836_800_000L;

    /** A moment far off, whose ticks still fit a long. */
    private static final long MOST_MS = Long.MAX_VALUE / (2 * TICKS);

    /** Halvings after which nothing is left of any count. */
    private static final int MOST_HALVINGS = 1_000;

    private static final double[] FACTORS = new double[TICKS];

    static {
        for (int i = 0; i < TICKS; i++) {
            FACTORS[i] = StrictMath.pow(2, -i / (double) TICKS);
        }
    }

    private final long halfLifeMs;

    /**
     * A clock.
     *
     * @param halfLifeMs after which a count is worth half, in milliseconds.
     */
    public DecayClock(long halfLifeMs) {
        if (halfLifeMs < LEAST_HALF_LIFE_MS || halfLifeMs > MOST_HALF_LIFE_MS) {
            throw MillraceException.badInput(
                    "half-life out of range: halfLifeMs=%d, limits=%d..%d",
                    halfLifeMs, LEAST_HALF_LIFE_MS, MOST_HALF_LIFE_MS);
        }
        this.halfLifeMs = halfLifeMs;
    }

    /**
     * The half-life.
     *
     * @return milliseconds.
     */
    public long halfLifeMs() {
        return halfLifeMs;
    }

    /**
     * The tick of a moment.
     *
     * @param timestampMs milliseconds since 1970 UTC.
     * @return ticks since 2020, below 0 before; the last there is for a moment beyond it.
     */
    @HotPath
    public int tickOf(long timestampMs) {
        long sinceEpochMs = Math.clamp(timestampMs, -MOST_MS, MOST_MS) - EPOCH_MS;
        long tick = Math.floorDiv(sinceEpochMs * TICKS, halfLifeMs);
        return Math.clamp(tick, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /**
     * The moment that a tick begins with.
     *
     * @param tick by {@link #tickOf}.
     * @return milliseconds since 1970 UTC, as far as a long goes.
     */
    public long momentOf(int tick) {
        // Ticks of long half-lives go further than a long of milliseconds, but not than a double.
        return (long) (EPOCH_MS + (double) tick / TICKS * halfLifeMs);
    }

    /**
     * What a count is worth after some ticks.
     *
     * @param ticks not negative.
     * @return 1 to 0.
     */
    @HotPath
    static double decay(long ticks) {
        long halvings = ticks >> TICK_BITS;
        if (halvings > MOST_HALVINGS) {
            return 0;
        }
        double power = Double.longBitsToDouble((Double.MAX_EXPONENT - halvings) << 52);
        return FACTORS[(int) ticks & (TICKS - 1)] * power;
    }
}
