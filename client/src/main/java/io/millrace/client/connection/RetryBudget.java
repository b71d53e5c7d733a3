package io.millrace.client.connection;

/**
 * Holds what may be sent again: every request adds a share, every retry takes one. It is not empty
 * to begin with, so that a client that asks little may retry too, and holds enough for what a lost
 * connection had under way.
 *
 * <p>Threading: one thread.
 */
final class RetryBudget {
    /** Shares are added up in thousandths: sums of tenths are not whole in floating point. */
    private static final int ONE = 1_000;

    private static final int FIRST = 10 * ONE;
    private static final int MOST = 100 * ONE;

    private final int share;
    private int saved;

    RetryBudget(double share) {
        this.share = (int) Math.round(share * ONE);
        this.saved = this.share == 0 ? 0 : FIRST;
    }

    /** A request came. */
    void add() {
        saved = Math.min(MOST, saved + share);
    }

    /** Whether one may be sent again; if so, it is counted. */
    boolean tryTake() {
        if (saved < ONE) {
            return false;
        }
        saved -= ONE;
        return true;
    }
}
