package io.millrace.server.log;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * Where the rates of the candidates of a request are found when it is answered.
 *
 * <p>Threading: one thread. Allocation: none after construction. Ownership: arrays and memory are
 * the worker's, who fills them for each request.
 */
@HotPath
public final class RankedRates {
    /** Of a schema that declares no rates. */
    public static final RankedRates NONE = new RankedRates(new int[0], MemorySegment.NULL, 0);

    private final int[] ordinals;
    private final MemorySegment rows;
    private final int rates;
    private final int rowBytes;

    /**
     * Rates of candidates.
     *
     * @param ordinals the candidates in the order in which they were ranked.
     * @param rows their impressions' rows, in the same order.
     * @param rates how many rates a row has; 0 for none.
     */
    public RankedRates(int[] ordinals, MemorySegment rows, int rates) {
        this.ordinals = ordinals;
        this.rows = rows;
        this.rates = rates;
        this.rowBytes = RowLayout.rowBytes(rates);
    }

    /** How many rates a candidate has. */
    int rates() {
        return rates;
    }

    /** A rate of a candidate. */
    float rate(int candidate, int rate) {
        return rows.get(RowLayout.FLOAT, (long) candidate * rowBytes + (long) Float.BYTES * rate);
    }

    /** Which of the first so many candidates an item is, or -1. */
    int indexOf(int ordinal, int count) {
        for (int i = 0; i < count; i++) {
            if (ordinals[i] == ordinal) {
                return i;
            }
        }
        return -1;
    }
}
