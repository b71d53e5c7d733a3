package io.millrace.core.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.SplittableRandom;

final class SplitRandomTest {
    private static final int DRAWS = 200_000;

    /**
     * The JDK's SplittableRandom is the same published generator, so its raw output is an
     * independent answer.
     */
    @Test
    void shouldDrawTheNumbersOfTheJdkWhenGivenTheSameSeed() {
        for (long seed : new long[] {0, 1, -1, 42, Long.MIN_VALUE}) {
            SplittableRandom expected = new SplittableRandom(seed);
            SplitRandom actual = new SplitRandom(seed);
            for (int i = 0; i < 1_000; i++) {
                assertEquals(expected.nextLong(), actual.nextLong());
            }
        }
    }

    @Test
    void shouldRepeatAStreamWhenReset() {
        SplitRandom random = SplitRandom.forStream(7, 3);
        random.nextGaussian();
        long first = SplitRandom.forStream(7, 3).nextLong();
        random.resetToStream(7, 3);
        assertEquals(first, random.nextLong());
        assertNotEquals(first, SplitRandom.forStream(7, 4).nextLong());
        assertNotEquals(first, SplitRandom.forStream(8, 3).nextLong());
    }

    @Test
    void shouldFillTheRangeEvenlyWhenBounded() {
        SplitRandom random = new SplitRandom(5);
        int[] counts = new int[10];
        for (int i = 0; i < DRAWS; i++) {
            counts[random.nextInt(counts.length)]++;
        }
        double expected = (double) DRAWS / counts.length;
        double chiSquare =
                Arrays.stream(counts)
                        .mapToDouble(c -> (c - expected) * (c - expected) / expected)
                        .sum();
        assertTrue(chiSquare < 27.9, "chi square of 9 degrees of freedom at 0.1 %: " + chiSquare);
    }

    @Test
    void shouldHaveTheMomentsOfTheNormalLawWhenGaussian() {
        SplitRandom random = new SplitRandom(6);
        double sum = 0;
        double squares = 0;
        int withinOne = 0;
        for (int i = 0; i < DRAWS; i++) {
            double x = random.nextGaussian();
            sum += x;
            squares += x * x;
            withinOne += Math.abs(x) < 1 ? 1 : 0;
        }
        assertEquals(0, sum / DRAWS, 0.01);
        assertEquals(1, squares / DRAWS, 0.02);
        assertEquals(0.6827, (double) withinOne / DRAWS, 0.005);
    }

    @Test
    void shouldStayBelowOneWhenUniform() {
        SplitRandom random = new SplitRandom(9);
        double sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            float f = random.nextFloat();
            double d = random.nextDouble();
            assertTrue(f >= 0 && f < 1 && d >= 0 && d < 1);
            sum += d;
        }
        assertEquals(0.5, sum / DRAWS, 0.005);
    }
}
