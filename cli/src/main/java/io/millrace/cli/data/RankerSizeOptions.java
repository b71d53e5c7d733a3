package io.millrace.cli.data;

import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;

/** The sizes of the ranker, where they are not the usual ones. */
final class RankerSizeOptions {
    @Option(
            names = "--ranker-embedding",
            paramLabel = "N",
            description = "Components of every embedding. Default: 8.")
    private @Nullable Integer embedding;

    @Option(
            names = "--cross-layers",
            paramLabel = "N",
            description = "Cross layers; 0 for none. Default: 3.")
    private @Nullable Integer crossLayers;

    @Option(
            names = "--cross-rank",
            paramLabel = "R",
            description =
                    "Rank of the cross layers' weights, W = U Vᵀ; 0 for full rank. Default: 0.")
    private @Nullable Integer rank;

    @Option(
            names = "--cross-experts",
            paramLabel = "K",
            description =
                    "Experts of such a rank that each cross layer mixes (DCN-Mix); 0 for no"
                            + " mixture. Default: 0.")
    private @Nullable Integer experts;

    @Option(
            names = "--structure",
            paramLabel = "HOW",
            description =
                    "Whether the deep part is beside the cross layers or behind them:"
                            + " ${COMPLETION-CANDIDATES}. Default: PARALLEL.")
    private @Nullable DcnStructure structure;

    @Option(
            names = "--deep",
            split = ",",
            paramLabel = "UNITS",
            description = "Units of each deep layer; 0 for no deep part. Default: 256,128.")
    private List<Integer> deep = new ArrayList<>();

    /** Usual sizes with what was chosen in their place. */
    DcnShape shape(DcnShape usual) {
        return new DcnShape(
                valueOr(embedding, usual.embedding()),
                valueOr(crossLayers, usual.crossLayers()),
                valueOr(rank, usual.rank()),
                valueOr(experts, usual.experts()),
                structure == null ? usual.structure() : structure,
                usual.isSeparable(),
                deep.isEmpty() ? usual.deep() : deep.equals(List.of(0)) ? List.of() : deep);
    }

    private static int valueOr(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
