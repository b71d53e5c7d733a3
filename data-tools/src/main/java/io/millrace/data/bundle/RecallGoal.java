package io.millrace.data.bundle;

import io.millrace.core.error.MillraceException;

import java.util.List;

/**
 * The recall that searches of a bundle are to reach.
 *
 * @param recall part of the true neighbours, above 0 up to 1.
 * @param candidates how many neighbours a request will ask for at most.
 */
public record RecallGoal(double recall, int candidates) {
    /** The candidates of a server that nobody has configured. */
    public static final int DEFAULT_CANDIDATES = 500;

    /** The most that a server can be configured for. */
    public static final int MOST_CANDIDATES = 4_096;

    /** Refuses what no search reaches. */
    public RecallGoal {
        if (!(recall > 0 && recall <= 1) || candidates < 1 || candidates > MOST_CANDIDATES) {
            throw MillraceException.usage(
                    "no such recall: recall=%s, limit=above 0 to 1, candidates=%d, limit=1 to %d;"
                            + " change them",
                    recall, candidates, MOST_CANDIDATES);
        }
    }

    /** For how many neighbours it is measured: some ask for fewer than all candidates. */
    List<Integer> ks() {
        return List.of(Math.min(10, candidates), Math.min(100, candidates), candidates);
    }
}
