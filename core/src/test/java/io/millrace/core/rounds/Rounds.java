package io.millrace.core.rounds;

/**
 * The rounds of tests that look for a moment which few rounds meet. By default as many as CI can
 * bear; {@code -Dmillrace.rounds=5} has five times as many.
 */
public final class Rounds {
    private static final String FACTOR_KEY = "millrace.rounds";

    private Rounds() {}

    /** So many, times the factor of this run. */
    public static int times(int rounds) {
        return Math.multiplyExact(rounds, Integer.getInteger(FACTOR_KEY, 1));
    }
}
