package io.millrace.data.train.collaborative;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.factors.FactorSettings;

/**
 * How to factorise histories.
 *
 * @param settings what the factors are to explain.
 * @param sweeps how often the vectors of all users and then of all items are improved.
 * @param seed seed of the first vectors.
 * @param threads how many threads; does not change the result.
 */
public record AlsPlan(FactorSettings settings, int sweeps, long seed, int threads) {
    private static final int SWEEPS = 12;
    private static final int MOST_SWEEPS = 1_000;

    /** Validates. */
    public AlsPlan {
        check("sweeps", sweeps, MOST_SWEEPS);
        check("threads", threads, 1_024);
    }

    /**
     * The settings that are good on KuaiRand-Pure, 12 sweeps.
     *
     * @param seed seed of the first vectors.
     * @param threads how many threads.
     * @return the plan.
     */
    public static AlsPlan defaults(long seed, int threads) {
        return new AlsPlan(FactorSettings.DEFAULT, SWEEPS, seed, threads);
    }

    private static void check(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw MillraceException.usage(
                    "cannot factorise: %s=%d, least=1, most=%d; change %s",
                    name, value, most, name);
        }
    }
}
