package io.millrace.cli.data;

import io.millrace.cli.console.RetrieverName;
import io.millrace.core.error.MillraceException;
import io.millrace.data.bundle.RetrievalPlan;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.train.collaborative.AlsPlan;
import io.millrace.ranker.factors.FactorSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** What a bundle is to retrieve by, and how that is learnt. */
final class RetrieverOptions {
    @Option(
            names = "--retriever",
            paramLabel = "NAME",
            converter = RetrieverName.class,
            description =
                    "What finds the candidates of a user: two-tower (the trained towers), ials"
                        + " (factors by implicit ALS, learnt now from the histories of the data"
                        + " set), blend (both, and what is on the rise), item-knn (for each item a"
                        + " list of those that the same users watched), or popular (one list of"
                        + " what most watched last). Default: two-tower.")
    private Retriever retriever = Retriever.TWO_TOWER;

    @Option(
            names = "--factors",
            paramLabel = "N",
            description = "With ials or blend: factors of an item. Default: 128.")
    private @Nullable Integer factors;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description =
                    "With ials or blend: how much an item counts that was not watched, where one"
                            + " that was counts 1. Default: 0.1.")
    private @Nullable Float alpha;

    @Option(
            names = "--regularisation",
            paramLabel = "L",
            description = "With ials or blend: what long vectors cost. Default: 0.01.")
    private @Nullable Float regularisation;

    @Option(
            names = "--sweeps",
            paramLabel = "N",
            description = "With ials or blend: how often all vectors are improved. Default: 12.")
    private @Nullable Integer sweeps;

    /**
     * What a bundle retrieves by.
     *
     * @throws MillraceException USAGE when a bundle cannot retrieve so, or options do not go
     *     together.
     */
    RetrievalPlan plan(long seed, int threads) {
        RetrievalPlan plan = RetrievalPlan.of(retriever, seed, threads);
        AlsPlan defaults = plan.factors();
        if (defaults == null) {
            requireNone();
            return plan;
        }
        return new RetrievalPlan(
                retriever,
                new AlsPlan(
                        settings(defaults.settings()),
                        sweeps == null ? defaults.sweeps() : sweeps,
                        seed,
                        threads));
    }

    private FactorSettings settings(FactorSettings defaults) {
        return new FactorSettings(
                factors == null ? defaults.dimension() : factors,
                alpha == null ? defaults.unwatchedWeight() : alpha,
                regularisation == null ? defaults.regularisation() : regularisation,
                defaults.longWeight());
    }

    private void requireNone() {
        if (factors != null || alpha != null || regularisation != null || sweeps != null) {
            throw MillraceException.usage(
                    "options of factors without any: --factors, --alpha, --regularisation,"
                            + " --sweeps; give --retriever ials or blend as well, or leave them"
                            + " out");
        }
    }
}
