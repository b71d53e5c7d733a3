package io.millrace.ranker.factors;

import io.millrace.core.error.MillraceException;

/**
 * What a factorisation is to explain; see the package for the formula.
 *
 * @param dimension components of a vector.
 * @param unwatchedWeight α: how much an item counts that was not watched, where one that was counts
 *     1. Its inverse is what Hu, Koren and Volinsky call α.
 * @param regularisation λ: what long vectors cost.
 * @param longWeight what an item that was watched for long counts beyond 1.
 */
public record FactorSettings(
        int dimension, float unwatchedWeight, float regularisation, float longWeight) {
    private static final int LARGEST_DIMENSION = 2_048;

    /** Good on KuaiRand-Pure (docs/decisions/0018-retrievers-beside-the-towers.md). */
    public static final FactorSettings DEFAULT = new FactorSettings(128, 0.1f, 0.01f, 1);

    /** Validates. */
    public FactorSettings {
        if (dimension < 1 || dimension > LARGEST_DIMENSION) {
            throw MillraceException.usage(
                    "bad size of factors: dimension=%d, least=1, most=%d; change it",
                    dimension, LARGEST_DIMENSION);
        }
        check("unwatchedWeight", unwatchedWeight, Float.MIN_VALUE);
        check("regularisation", regularisation, Float.MIN_VALUE);
        check("longWeight", longWeight, 0);
    }

    /**
     * λ (n + α m), the cost of a vector's squared length.
     *
     * @param watched n, pairs of the vector that were watched.
     * @param pairs m, pairs of it in all.
     * @return the cost.
     */
    public float ridge(int watched, int pairs) {
        return regularisation * (watched + unwatchedWeight * pairs);
    }

    private static void check(String name, float value, float least) {
        if (!(value >= least) || Float.isInfinite(value)) {
            throw MillraceException.usage(
                    "cannot factorise: %s=%s, least=%s; change %s", name, value, least, name);
        }
    }
}
