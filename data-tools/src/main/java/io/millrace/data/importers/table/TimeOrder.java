package io.millrace.data.importers.table;

import java.util.Arrays;

/**
 * Brings events into the order of time; those of the same time keep the order of the source. A
 * radix sort of 16 bits a pass, from the lowest, over the time since the first event: two or three
 * passes, where comparing would need one box for each event.
 */
final class TimeOrder {
    private static final int DIGIT_BITS = 16;
    private static final int DIGITS = 1 << DIGIT_BITS;
    private static final int MASK = DIGITS - 1;

    private TimeOrder() {}

    /** Indexes of the first {@code count} times, ascending. */
    static int[] of(long[] timesMs, int count) {
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        boolean isSorted = true;
        for (int i = 0; i < count; i++) {
            isSorted &= i == 0 || timesMs[i] >= timesMs[i - 1];
            least = Math.min(least, timesMs[i]);
            most = Math.max(most, timesMs[i]);
        }
        if (isSorted) {
            return order;
        }
        int[] next = new int[count];
        // The span of two far times may not fit a long; as an unsigned number it does.
        long span = most - least;
        for (int shift = 0; shift < Long.SIZE && span >>> shift != 0; shift += DIGIT_BITS) {
            sortByDigit(timesMs, least, shift, order, next);
            int[] swapped = order;
            order = next;
            next = swapped;
        }
        return order;
    }

    private static void sortByDigit(
            long[] timesMs, long least, int shift, int[] order, int[] sorted) {
        int[] starts = new int[DIGITS + 1];
        for (int index : order) {
            starts[digit(timesMs[index], least, shift) + 1]++;
        }
        for (int digit = 0; digit < DIGITS; digit++) {
            starts[digit + 1] += starts[digit];
        }
        for (int index : order) {
            sorted[starts[digit(timesMs[index], least, shift)]++] = index;
        }
    }

    private static int digit(long timeMs, long least, int shift) {
        return (int) ((timeMs - least) >>> shift) & MASK;
    }
}
