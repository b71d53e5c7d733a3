package io.millrace.index;

import io.millrace.index.graph.FarSearcher;

/**
 * How an index is searched with a filter; all that decides it is here. Work is counted in rows
 * measured, of which a scan of the accepted ones needs exactly as many as there are.
 */
public enum FilterRegime {
    /** All accepted rows are measured: exact, and the cheapest where they are few. */
    SCAN,
    /** A walk among accepted nodes, over those that are not accepted in between. */
    MASKED,
    /** A walk among all nodes, wide enough that it meets as many accepted ones as it should. */
    PLAIN;

    /** A walk measures 15 to 30 rows for each candidate it keeps; fewer than that are scanned. */
    private static final int ROWS_PER_CANDIDATE = 32;

    /**
     * Below one accepted row in 64, neighbours of neighbours hold only a handful of accepted ones,
     * fewer than keep a graph in one piece.
     */
    private static final int LEAST_SHARE = 64;

    /** A walk that must be wider than this by the share of accepted rows costs more than MASKED. */
    static final int MAX_WIDENING = 4;

    /** The regime for a number of accepted rows. */
    static FilterRegime of(int accepted, int rows, int ef) {
        boolean isFew = accepted <= (long) ROWS_PER_CANDIDATE * ef;
        if (isFew || (long) accepted * LEAST_SHARE < rows) {
            return SCAN;
        }
        return (long) accepted * MAX_WIDENING < rows ? MASKED : PLAIN;
    }

    /**
     * Whether a scan is best where the filter accepts rows far from the query: what is nearest then
     * lies around a hole, on all sides, and only a walk much wider would come to it. It may be in
     * vain, as the one before was, and what both and a scan measure must not be more than all rows.
     */
    static boolean isScanBestWhenFar(int accepted, int rows, int ef) {
        long near = (long) ROWS_PER_CANDIDATE * MAX_WIDENING * ef;
        long far = (long) ROWS_PER_CANDIDATE * FarSearcher.WIDENING * ef;
        return accepted <= far || near + far + accepted > rows;
    }

    /** How wide a plain walk must be so that it keeps about ef accepted candidates. */
    static int widened(int ef, int accepted, int rows) {
        return (int) Math.min((long) ef * MAX_WIDENING, (long) ef * rows / accepted);
    }
}
