package io.millrace.cli.data;

import io.millrace.core.error.MillraceException;
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
                    "What finds the candidates of a user: two-tower (the trained towers), or ials"
                            + " (factors by implicit ALS, learnt now from the histories of the data"
                            + " set). Default: two-tower.")
    private Retriever retriever = Retriever.TWO_TOWER;

    @Option(
            names = "--factors",
            paramLabel = "N",
            description = "With ials: components of a vector. Default: 128.")
    private @Nullable Integer factors;

    @Option(
            names = "--alpha",
            paramLabel = "A",
            description =
                    "With ials: how much an item counts that was not watched, where one that was"
                            + " counts 1. Default: 0.1.")
    private @Nullable Float alpha;

    @Option(
            names = "--regularisation",
            paramLabel = "L",
            description = "With ials: what long vectors cost. Default: 0.01.")
    private @Nullable Float regularisation;

    @Option(
            names = "--sweeps",
            paramLabel = "N",
            description = "With ials: how often all vectors are improved. Default: 12.")
    private @Nullable Integer sweeps;

    /**
     * How factors are learnt, or null where items are retrieved by the towers.
     *
     * @throws MillraceException USAGE when a bundle cannot retrieve so, or options do not go
     *     together.
     */
    @Nullable AlsPlan factors(long seed, int threads) {
        return switch (retriever) {
            case TWO_TOWER -> {
                requireNone();
                yield null;
            }
            case IALS -> {
                AlsPlan plan = AlsPlan.defaults(seed, threads);
                yield new AlsPlan(
                        settings(plan.settings()),
                        sweeps == null ? plan.sweeps() : sweeps,
                        seed,
                        threads);
            }
            default ->
                    throw MillraceException.usage(
                            "no bundle retrieves so: --retriever=%s; choose two-tower or ials, or"
                                    + " measure it by millrace eval --retriever",
                            retriever.label());
        };
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
                    "options of ials without it: --factors, --alpha, --regularisation, --sweeps;"
                            + " give --retriever ials as well, or leave them out");
        }
    }
}
