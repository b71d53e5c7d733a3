package io.millrace.data.importers.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Beside the stable sort of the JDK. */
final class TimeOrderTest {
    @Test
    void shouldOrderAsAStableSortWhenTimesRepeatOrLieFarApart() {
        SplitRandom random = new SplitRandom(7);
        for (int round = 0; round < 200; round++) {
            int count = random.nextInt(300);
            int bits = 1 + random.nextInt(63);
            long[] times = new long[count + 5];
            for (int i = 0; i < count; i++) {
                times[i] = random.nextLong() >> (Long.SIZE - bits);
            }
            check(times, count);
        }
        check(new long[] {Long.MAX_VALUE, 0, Long.MIN_VALUE, -1, 0}, 5);
    }

    private static void check(long[] times, int count) {
        int[] expected =
                IntStream.range(0, count)
                        .boxed()
                        .sorted(Comparator.comparingLong(i -> times[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        assertArrayEquals(expected, TimeOrder.of(times, count));
    }
}
