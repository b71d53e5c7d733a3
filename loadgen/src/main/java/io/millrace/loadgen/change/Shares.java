package io.millrace.loadgen.change;

import io.millrace.core.error.MillraceException;

/**
 * Checks parts of a load.
 *
 * <p>A class of its own, since those that check have constants of their own kinds: were one to
 * check by the other, the one used first would make the other's constants of its own, still null.
 */
public final class Shares {
    private Shares() {}

    /**
     * Refuses what is no part.
     *
     * @param name what the share is called.
     * @param share the part.
     * @throws MillraceException if it is not a number from 0 to 1.
     */
    public static void require(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw MillraceException.usage("out of range: %s=%s, limit=0 to 1", name, share);
        }
    }
}
