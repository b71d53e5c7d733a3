package io.millrace.server.log;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.RowLayout;

import java.lang.foreign.MemorySegment;

/**
 * Where the rates of the candidates of a request are found when it is answered.
 *
 * <p>Threading: one thread. Allocation: none after construction. Ownership: the memory is the
 * worker's, who fills it for each request.
 */
@HotPath
public final class RankedRates {
    /** Of a schema that declares no rates. */
    public static final RankedRates NONE = new RankedRates(MemorySegment.NULL, 0);

    private final MemorySegment rows;
    private final int rates;
    private final int rowBytes;

    /**
     * Rates of candidates.
     *
     * @param rows the impressions' rows of the candidates, in the order in which they were ranked.
     * @param rates how many rates a row has; 0 for none.
     */
    public RankedRates(MemorySegment rows, int rates) {
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
}
