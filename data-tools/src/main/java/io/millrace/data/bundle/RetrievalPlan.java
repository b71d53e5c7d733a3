package io.millrace.data.bundle;

import io.millrace.core.error.MillraceException;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.train.collaborative.AlsPlan;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * What a bundle retrieves by.
 *
 * @param way what is retrieved by.
 * @param factors how factors are learnt; null for ways that need none.
 */
public record RetrievalPlan(Retriever way, @Nullable AlsPlan factors) {
    /** By the towers that were trained before. */
    public static final RetrievalPlan TOWERS = new RetrievalPlan(Retriever.TWO_TOWER, null);

    /** Validates. */
    public RetrievalPlan {
        if (needsFactors(way) != (factors != null)) {
            throw MillraceException.usage(
                    "ials and blend need factors, and others have none: retriever=%s, factors=%s",
                    way.label(), factors);
        }
    }

    /**
     * A way with factors that are learnt as usual, if any.
     *
     * @param way what is retrieved by.
     * @param seed of the factors.
     * @param threads that learn them; the factors do not depend on it.
     * @return the plan.
     */
    public static RetrievalPlan of(Retriever way, long seed, int threads) {
        return new RetrievalPlan(way, needsFactors(way) ? AlsPlan.defaults(seed, threads) : null);
    }

    private static boolean needsFactors(Retriever way) {
        return way == Retriever.IALS || way == Retriever.BLEND;
    }

    /** How factors are learnt, where there are some. */
    AlsPlan requireFactors() {
        return Objects.requireNonNull(factors, way.label());
    }
}
