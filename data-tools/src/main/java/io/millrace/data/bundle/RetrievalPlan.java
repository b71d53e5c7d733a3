package io.millrace.data.bundle;

import io.millrace.core.error.MillraceException;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.train.collaborative.AlsPlan;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * What a bundle retrieves by.
 *
 * @param way two-tower, ials or blend.
 * @param factors how factors are learnt; null for the towers alone, which need none.
 */
public record RetrievalPlan(Retriever way, @Nullable AlsPlan factors) {
    /** By the towers that were trained before. */
    public static final RetrievalPlan TOWERS = new RetrievalPlan(Retriever.TWO_TOWER, null);

    /** Validates. */
    public RetrievalPlan {
        if (way == Retriever.ITEM_KNN || way == Retriever.POPULAR) {
            throw MillraceException.usage(
                    "no bundle retrieves so: retriever=%s; choose two-tower, ials or blend, or"
                            + " measure it by millrace eval --retriever",
                    way.label());
        }
        if ((way == Retriever.TWO_TOWER) != (factors == null)) {
            throw MillraceException.usage(
                    "ials and blend need factors, and two-tower has none: retriever=%s, factors=%s",
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
     * @throws MillraceException USAGE when no bundle retrieves so.
     */
    public static RetrievalPlan of(Retriever way, long seed, int threads) {
        boolean hasFactors = way == Retriever.IALS || way == Retriever.BLEND;
        return new RetrievalPlan(way, hasFactors ? AlsPlan.defaults(seed, threads) : null);
    }

    /** How factors are learnt, where there are some. */
    AlsPlan requireFactors() {
        return Objects.requireNonNull(factors, way.label());
    }
}
